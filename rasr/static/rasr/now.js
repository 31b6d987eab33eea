// Keeps "now and next" of the agenda right while the page stays open, sleeps or has no connection. The server is asked
// each minute (htmx); only when it does not answer is the box worked out from the times in the page, and says so.
(function () {
  "use strict";
  let box = document.getElementById("now-next");
  if (!box || !box.dataset.zone) {
    return;
  }
  const release = box.dataset.release;
  const root = document.documentElement.dataset;
  let ahead = Number(root.ahead || 0); // milliseconds that the server's clock is ahead of this device's

  const moment = function (text) {
    return text ? Date.parse(text) : NaN;
  };
  const clock = function () {
    return Date.now() + ahead;
  };
  const said = function (time) {
    const how = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: box.dataset.zone };
    return new Intl.DateTimeFormat("en-GB", how).format(time);
  };
  const made = function (name, className, text) {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text || "";
    return element;
  };

  const slots = Array.from(document.querySelectorAll(".slot"), function (slot) {
    const times = slot.querySelectorAll(".slot-t time");
    return {
      element: slot,
      start: moment(times[0] && times[0].dateTime),
      end: moment(slot.dataset.until || (times[1] && times[1].dateTime)),
      rows: Array.from(slot.querySelectorAll(".sess:not(.is-off)"))
    };
  }).filter(function (slot) {
    return slot.start && slot.rows.length;
  });

  // The mark at what runs now. `ids` are those of the sessions.
  const mark = function (ids) {
    document.querySelectorAll(".slot").forEach(function (slot) {
      const isNow = Array.from(slot.querySelectorAll(".sess")).some(function (row) {
        return ids.includes(row.id.slice(2));
      });
      const there = slot.querySelector(".slot-t .now");
      if (there && !isNow) {
        there.remove();
      } else if (isNow && !there) {
        slot.querySelector(".slot-t").append(made("span", "now", box.dataset.now));
      }
    });
  };

  const list = function (running) {
    const ul = document.createElement("ul");
    running.forEach(function (slot) {
      slot.rows.forEach(function (row) {
        const li = document.createElement("li");
        const title = row.querySelector("h3 a") || row.querySelector("h3");
        const link = made(title.href ? "a" : "b", "", title.textContent.trim());
        if (title.href) {
          link.href = title.href;
        }
        li.append(link);
        const room = row.querySelector(".room");
        if (room) {
          const place = made("span", "place");
          place.append(...room.cloneNode(true).childNodes);
          li.append(place);
        }
        ul.append(li);
      });
    });
    return ul;
  };

  const part = function (className, lead, rest, below) {
    const div = made("div", className);
    const h2 = document.createElement("h2");
    h2.append(lead, " ", made("span", "muted", rest));
    div.append(h2);
    if (below) {
      div.append(list(below));
    }
    return div;
  };

  // Without an answer of the server: what the times in this page say.
  const workOut = function () {
    const now = clock();
    const running = slots.filter(function (slot) {
      return slot.start <= now && now < slot.end;
    });
    const first = Math.min(...slots.map((slot) => slot.start).filter((start) => start > now));
    const coming = slots.filter((slot) => slot.start === first);
    const parts = [];
    if (running.length) {
      const until = said(Math.min(...running.map((slot) => slot.end)));
      parts.push(
        part("nn-now", made("span", "now", box.dataset.now), box.dataset.until.replace("{time}", until), running)
      );
    }
    if (coming.length) {
      const day = coming[0].element.closest(".day").querySelector("h2").textContent.trim();
      const at = box.dataset.at.replace("{time}", said(first));
      parts.push(part("", box.dataset.next, `${day}, ${at}`, coming));
    } else if (!running.length) {
      parts.push(part("", box.dataset.ended, ""));
    }
    const foot = box.querySelector(".nn-foot");
    foot.querySelector(".muted").textContent = box.dataset.offline;
    box.replaceChildren(...parts, foot);
    mark(running.flatMap((slot) => slot.rows.map((row) => row.id.slice(2))));
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: box.dataset.zone }).format(now);
    document.querySelectorAll(".days [id^=bar-]").forEach(function (link) {
      link.removeAttribute("aria-current");
      if (link.id === "bar-day-" + today) {
        link.setAttribute("aria-current", "date");
      }
    });
    const jump = document.getElementById("jump");
    if (jump && jump.firstElementChild) {
      jump.hidden = !running.length;
      if (running.length) {
        jump.firstElementChild.hash = running[0].rows[0].id;
        jump.querySelector("span").textContent = said(running[0].start);
      }
    }
  };

  const ask = function () {
    window.htmx.trigger(box, "wake");
  };
  const isOurs = function (event) {
    return event.target.id === "now-next";
  };

  document.addEventListener("htmx:afterRequest", function (event) {
    const date = isOurs(event) && event.detail.xhr.getResponseHeader("Date");
    if (date) {
      ahead = Date.parse(date) + 1000 * Number(event.detail.xhr.getResponseHeader("Age") || 0) - Date.now();
    }
  });
  document.addEventListener("htmx:afterSettle", function () {
    const fresh = document.getElementById("now-next");
    if (!fresh || fresh === box) {
      return;
    }
    box = fresh;
    mark(Array.from(box.querySelectorAll(".nn-now [id^=n-]"), (link) => link.id.slice(2)));
    document.getElementById("newer").hidden = box.dataset.release === release;
  });
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (isOurs(event)) {
        workOut();
      }
    });
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "visible") {
      ask();
    }
  });
  window.addEventListener("online", ask);
  window.addEventListener("pageshow", function (event) {
    const now = Date.now();
    // Shown again as it was left, saved, or taken from a store after its time: ask at once.
    const isPast = now >= moment(box.dataset.changes) || now < moment(box.dataset.since);
    if (event.persisted || root.saved || isPast) {
      ask();
    }
  });
  if (root.saved) {
    workOut();
  }
})();
