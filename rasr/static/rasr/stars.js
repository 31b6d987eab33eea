// Stars on sessions, kept in this browser as a list of session numbers. Nothing is sent. The page works without it.
(function () {
  "use strict";
  const holder = document.querySelector("[data-stars]");
  if (!holder) {
    return;
  }
  const key = "rasr-stars-" + holder.dataset.stars;
  const buttons = Array.from(document.querySelectorAll("button[data-star]"));
  const only = document.getElementById("stars-only");
  const about = document.getElementById("stars");
  const said = about.querySelector("[role=status]") || about;
  let isKept = true;
  let stars = [];

  const read = function () {
    try {
      const kept = JSON.parse(localStorage.getItem(key) || "[]");
      stars = Array.isArray(kept) ? kept.filter(Number.isInteger) : [];
    } catch (error) {
      isKept = error instanceof SyntaxError;
    }
  };
  const write = function () {
    try {
      localStorage.setItem(key, JSON.stringify(stars));
      isKept = true;
    } catch (error) {
      isKept = false; // private browsing or no room left: the stars last as long as the page
    }
  };
  const isOnly = function () {
    return only && new URLSearchParams(location.search).has("stars");
  };

  const filter = function () {
    const on = isOnly();
    only.setAttribute("aria-pressed", String(on));
    about.hidden = isKept && !on && !stars.length;
    document.querySelectorAll(".sess").forEach(function (row) {
      row.hidden = on && !stars.includes(Number(row.id.slice(2)));
    });
    document.querySelectorAll(".slot").forEach(function (slot) {
      slot.hidden = on && !slot.querySelector(".sess:not([hidden])");
    });
    document.querySelectorAll(".day").forEach(function (day) {
      day.classList.toggle("is-picked", on);
      day.hidden = on && !day.querySelector(".slot:not([hidden])");
    });
    const total = document.querySelectorAll(".sess").length;
    const shown = document.querySelectorAll(".sess:not([hidden])").length;
    let words = on ? about.dataset.count.replace("{shown}", shown).replace("{total}", total) : "";
    if (on && !shown) {
      words = about.dataset.none;
    }
    said.textContent = isKept ? words : `${about.dataset.lost} ${words}`;
  };
  const draw = function () {
    buttons.forEach(function (button) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(stars.includes(Number(button.dataset.star))));
    });
    if (only) {
      only.hidden = false;
      filter();
    } else {
      const isStarred = stars.includes(Number(buttons[0].dataset.star));
      said.textContent = isKept ? (isStarred ? about.dataset.kept : "") : about.dataset.lost;
    }
  };

  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      const id = Number(button.dataset.star);
      if (isKept) {
        read(); // another tab may have changed them
      }
      stars = stars.includes(id) ? stars.filter((other) => other !== id) : stars.concat(id);
      write();
      draw();
    });
  });
  if (only) {
    only.addEventListener("click", function () {
      const address = new URL(location.href);
      if (isOnly()) {
        address.searchParams.delete("stars");
      } else {
        address.searchParams.set("stars", "1");
      }
      history.replaceState(null, "", address);
      filter();
    });
  }
  const again = function () {
    read();
    draw();
  };
  window.addEventListener("storage", function (event) {
    if (event.key === key || event.key === null) {
      again();
    }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      again();
    }
  });
  again();
})();
