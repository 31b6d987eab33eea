// Offers to add the stars that the public agenda keeps in this browser to the own agenda. Without it, nothing is offered.
(function () {
  "use strict";
  const form = document.querySelector("[data-kept-stars]");
  if (!form) {
    return;
  }
  let kept;
  try {
    kept = JSON.parse(localStorage.getItem(form.dataset.keptStars) || "[]");
  } catch (error) {
    return; // no storage here, or somebody else wrote into it
  }
  const known = form.dataset.known.split(" ").map(Number);
  const wanted = Array.isArray(kept) ? kept.filter(Number.isInteger).filter((id) => !known.includes(id)) : [];
  if (!wanted.length) {
    return;
  }
  wanted.slice(0, 900).forEach(function (id) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "sessions";
    field.value = id;
    form.append(field);
  });
  form.querySelector("[data-number]").textContent = wanted.length;
  form.hidden = false;
})();
