// Has a copy of the agenda kept for when there is no connection, and says on a kept copy when it was saved.
(function () {
  "use strict";
  const banner = document.getElementById("saved");
  const root = document.documentElement;
  if (banner && root.dataset.saved) {
    const zone = banner.dataset.zone;
    const saved = new Date(root.dataset.saved);
    const day = new Intl.DateTimeFormat(root.lang === "en" ? "en-GB" : root.lang, { dateStyle: "long", timeZone: zone });
    const time = new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: zone
    });
    const isToday = day.format(saved) === day.format(new Date());
    let words = isToday ? banner.dataset.words : banner.dataset.wordsDay.replace("{day}", day.format(saved));
    words = words.replace("{time}", time.format(saved));
    if (/[?&](q|day|room|topic|kind)=./.test(location.search)) {
      words += " " + banner.dataset.wordsFilter;
    }
    banner.hidden = false;
    banner.querySelector("span").textContent = words;
    banner.querySelector("a").href = location.href.split("#")[0];
  }
  // The page for what was never seen names the agendas that are there.
  const list = document.getElementById("kept");
  const listKept = async function () {
    for (const name of await caches.keys()) {
      const store = await caches.open(name);
      for (const request of await store.keys()) {
        if (request.url.endsWith("/agenda/")) {
          const page = new DOMParser().parseFromString(await (await store.match(request)).text(), "text/html");
          const link = document.createElement("a");
          link.href = request.url;
          link.textContent = page.title;
          const item = document.createElement("li");
          item.append(link);
          list.append(item);
        }
      }
    }
    list.parentElement.hidden = !list.firstElementChild;
  };
  if (list && "caches" in window) {
    listKept();
  }
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).then(function () {
      return navigator.serviceWorker.ready;
    }).then(function (registration) {
      // The first page was read before anybody could keep it. The agenda is kept with each of its sessions.
      const agenda = document.querySelector("[data-agenda]");
      registration.active.postMessage([location.href, agenda && agenda.href].filter(Boolean));
    }).catch(function () {
      // Private browsing, or storage is full: the page works as before, without a copy.
    });
  }
})();
