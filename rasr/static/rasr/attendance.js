// Says how many ticks wait to be saved, and asks before the page is left with them. The page works without it.
(function () {
  "use strict";
  const state = document.getElementById("att-state");
  if (!state) {
    return;
  }
  const form = state.closest("form");
  const boxes = Array.from(form.querySelectorAll("input[type=checkbox]"));
  const changed = function () {
    return boxes.filter(function (box) {
      return box.checked !== box.defaultChecked;
    }).length;
  };
  let leaving = false;
  form.addEventListener("change", function () {
    const number = changed();
    const key = number === 0 ? "none" : number === 1 ? "one" : "many";
    state.textContent = state.dataset[key].replace("0", String(number));
  });
  form.addEventListener("submit", function () {
    leaving = true;
  });
  window.addEventListener("beforeunload", function (event) {
    if (!leaving && changed() > 0) {
      event.preventDefault();
    }
  });
})();
