// The display at a door: asks the server each half minute and shows its clock, whatever this device's clock says.
// Without an answer it counts on; when the programme must have moved on, it shows the list of the day alone.
(function () {
  "use strict";
  let door = document.getElementById("room-now");
  const root = document.documentElement.dataset;
  let ahead = Number(root.ahead || 0); // milliseconds that the server's clock is ahead of this device's
  let lost = root.saved ? Date.parse(root.saved) : 0; // since when there is no answer
  if (!door || !("live" in door.dataset)) {
    return;
  }
  const clock = function () {
    return Date.now() + ahead;
  };
  const said = function (time) {
    const how = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: door.dataset.zone };
    return new Intl.DateTimeFormat("en-GB", how).format(time);
  };
  const length = function (milliseconds) {
    const minutes = Math.ceil(milliseconds / 60000);
    if (milliseconds < 60000) {
      return door.dataset.moment;
    }
    if (minutes < 60) {
      return door.dataset.minutes.replace("{number}", minutes);
    }
    return door.dataset.hours.replace("{hours}", Math.floor(minutes / 60)).replace("{minutes}", minutes % 60);
  };

  const draw = function () {
    const now = clock();
    const face = door.querySelector(".door-clock");
    face.hidden = false;
    face.firstElementChild.textContent = said(now);
    door.querySelectorAll(".door-count").forEach(function (count) {
      const left = Date.parse(count.dataset.to) - now;
      count.hidden = left <= 0;
      count.textContent = count.dataset.words.replace("{time}", length(left));
    });
    const rows = Array.from(door.querySelectorAll(".door-day li"));
    rows.forEach(function (row, index) {
      const next = rows[index + 1];
      const end = Date.parse(row.dataset.to || (next && next.dataset.from) || "");
      row.classList.toggle("is-now", Date.parse(row.dataset.from) <= now && now < end && !row.querySelector("s"));
    });
    const stale = door.querySelector(".door-stale");
    stale.hidden = !lost;
    if (lost) {
      const words = stale.dataset.words.replace("{time}", said(lost));
      if (stale.textContent !== words) {
        stale.textContent = words;
      }
    }
    document.body.classList.toggle("is-stale", Boolean(lost) && now >= Date.parse(door.dataset.changes));
  };

  const ask = async function () {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), 10000);
    try {
      const answer = await fetch(location.href, { cache: "no-cache", signal: limit.signal });
      const text = await answer.text();
      const date = answer.headers.get("Date");
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      if (date) {
        ahead = Date.parse(date) + 1000 * Number(answer.headers.get("Age") || 0) - Date.now();
      }
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("room-now");
      door.replaceWith(fresh);
      door = fresh;
      lost = 0;
      document.getElementById("saved")?.setAttribute("hidden", "");
    } catch (error) {
      lost = lost || clock();
    } finally {
      clearTimeout(timer);
    }
    draw();
  };

  let asked = 0;
  setInterval(function () {
    draw();
    const isDue = Date.now() - asked > 30000 || Date.now() < asked;
    const hasMoved = clock() >= Date.parse(door.dataset.changes) && Date.now() - asked > 3000;
    if (isDue || (hasMoved && !lost)) {
      asked = Date.now();
      ask();
    }
  }, 1000);
  asked = Date.now();
  ask();
})();
