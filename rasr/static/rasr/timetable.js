// The day as a grid: sessions are dragged, stretched and moved by keys. All it does, the forms of the page do as well.
(() => {
  "use strict";
  const ADD_TITLE = "#id_addform_title";
  let root = document.getElementById("timetable");
  if (!root) {
    return;
  }
  let grid = window.timetableGrid(root);
  let drag = null; // what the pointer does now
  let pending = null; // a session moved by keys and not saved yet
  let wasDragged = false;

  const live = document.createElement("p");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  document.getElementById("content-main").append(live);

  const announce = (text) => {
    live.textContent = text;
  };

  // -- Saving: the page that the server answers with takes the place of this one ------------------------------------

  // What is half typed in the form that adds outlives what is done elsewhere on the page.
  const keepTyped = (fresh, focus) => {
    const typed = root.querySelector(ADD_TITLE);
    const empty = fresh.querySelector(ADD_TITLE);
    if (focus === ADD_TITLE || !typed || !typed.value || !empty) {
      return;
    }
    Array.from(empty.form.elements).forEach((field) => {
      const old = typed.form.elements[field.name];
      if (field.id && old) {
        field.value = old.value;
        field.checked = old.checked;
      }
    });
  };
  const show = async (answer, focus) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("timetable");
    if (!fresh) {
      window.location.assign(answer.url);
      return;
    }
    keepTyped(fresh, focus);
    const before = root.querySelector(".tt-scroll");
    const scrolled = [before.scrollLeft, before.scrollTop];
    root.replaceWith(document.adoptNode(fresh));
    root = fresh;
    grid = window.timetableGrid(root);
    pending = null;
    window.history.replaceState(null, "", answer.url);
    wake();
    root.querySelector(".tt-scroll").scrollTo(scrolled[0], scrolled[1]);
    const told = root.querySelector(".tt-told");
    announce(told ? told.textContent.replace(/\s+/g, " ").trim() : "");
    const wanted = root.querySelector(".errornote[data-focus]") || root.querySelector(focus);
    if (wanted) {
      wanted.focus({ preventScroll: wanted.classList.contains("tt-block") });
    }
  };
  const isBusy = () => root.hasAttribute("aria-busy");
  const ask = async (address, options, focus) => {
    if (isBusy()) {
      return;
    }
    root.setAttribute("aria-busy", "true");
    try {
      await show(await fetch(address, options), focus);
    } catch {
      announce(root.dataset.failed);
      window.alert(root.dataset.failed);
    }
    root.removeAttribute("aria-busy");
  };
  const send = (form, button, focus) => {
    const fields = new FormData(form);
    if (button && button.name) {
      fields.set(button.name, button.value);
    }
    announce(root.dataset.saving);
    return ask(form.action, { method: "POST", body: fields }, focus);
  };
  const save = (block, slot, day) => {
    const form = root.querySelector("#tt-send");
    const isTimed = slot.start !== null;
    const fields = form.elements;
    fields.session.value = block.dataset.session;
    fields.seen.value = block.dataset.seen;
    fields.day.value = day;
    fields.start.value = isTimed ? grid.clock(slot.start) : "";
    fields.end.value = isTimed && slot.end !== null ? grid.clock(slot.end) : "";
    fields.ends_next_day.value = isTimed && slot.end !== null && slot.end >= grid.DAY ? "on" : "";
    fields.room.value = slot.room;
    return send(form, null, "#tt-" + block.dataset.session);
  };

  // -- Keys -------------------------------------------------------------------------------------------------------

  const bar = (text) => {
    const element = root.querySelector(".tt-bar");
    element.hidden = text === "";
    element.querySelector("p").textContent = text;
  };
  const putBack = () => {
    const block = pending.block;
    grid.put(block, pending.slot);
    block.classList.remove("is-pending");
    pending = null;
    bar("");
    block.focus();
    announce(grid.said(root.dataset.back, block));
  };
  const isHeldUp = (block) => {
    if (!pending || pending.block === block) {
      return false;
    }
    bar(grid.said(root.dataset.first, pending.block));
    announce(grid.said(root.dataset.first, pending.block));
    return true;
  };
  const moved = (slot, key, stretches) => {
    const by = key === "ArrowUp" ? -grid.STEP : grid.STEP;
    const length = grid.lengthOf(slot);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const columns = grid.all(".tt-column");
      const next = columns[columns.indexOf(grid.columnOf(slot.room)) + (key === "ArrowLeft" ? -1 : 1)];
      return next && !stretches ? { start: slot.start, end: slot.end, room: next.dataset.room } : null;
    }
    if (stretches) {
      const isOne = length + by >= grid.STEP && length + by <= grid.DAY;
      return isOne ? { start: slot.start, end: slot.start + length + by, room: slot.room } : null;
    }
    const start = slot.start + by;
    const end = slot.end === null ? null : slot.end + by;
    return start >= 0 && start < grid.DAY ? { start: start, end: end, room: slot.room } : null;
  };
  const onKey = (event) => {
    const block = event.target.closest(".tt-lane .tt-block");
    if (!block || isBusy() || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === "Escape" && pending && pending.block === block) {
      putBack();
    } else if (event.key === "Enter" && pending && pending.block === block) {
      event.preventDefault();
      save(block, grid.slotOf(block), root.dataset.day);
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      if (isHeldUp(block)) {
        return;
      }
      const slot = moved(grid.slotOf(block), event.key, event.shiftKey);
      if (!slot) {
        announce(root.dataset.edge);
        return;
      }
      pending = pending || { block: block, slot: grid.slotOf(block) };
      grid.put(block, slot);
      block.classList.add("is-pending");
      block.focus();
      bar(grid.said(root.dataset.moved, block));
      announce(grid.said(root.dataset.moved, block));
    }
  };

  // -- Pointer: a mouse takes a session anywhere, a finger by its grip or edge ---------------------------------------

  const isOver = (element, event) => {
    const box = element.getBoundingClientRect();
    const x = event.clientX;
    const y = event.clientY;
    return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
  };
  const targetAt = (event) => {
    const slot = drag.slot;
    if (drag.stretches) {
      const lane = grid.columnOf(slot.room).querySelector(".tt-lane");
      const end = Math.min(slot.start + grid.DAY, Math.max(slot.start + grid.STEP, grid.minuteAt(lane, event.clientY)));
      return { slot: { start: slot.start, end: end, room: slot.room }, day: root.dataset.day };
    }
    const tab = grid.all(".tt-days a").find((one) => isOver(one, event));
    if (tab) {
      return { slot: slot, day: tab.dataset.day, over: tab };
    }
    const tray = root.querySelector(".tt-tray");
    if (isOver(tray, event)) {
      return slot.start === null ? null : { slot: { start: null, end: null, room: "" }, day: "", over: tray };
    }
    const column = grid.all(".tt-column").find((one) => isOver(one.querySelector(".tt-lane"), event));
    if (!column || !isOver(root.querySelector(".tt-scroll"), event)) {
      return null;
    }
    const minute = grid.minuteAt(column.querySelector(".tt-lane"), event.clientY - drag.offset);
    const start = Math.min(grid.DAY - grid.STEP, Math.max(0, minute));
    const hasEnd = slot.end !== null || slot.start === null;
    const end = hasEnd ? start + grid.lengthOf(slot) : null;
    return { slot: { start: start, end: end, room: column.dataset.room }, day: root.dataset.day };
  };
  const follow = (event) => {
    const target = targetAt(event);
    grid.all(".can-drop").forEach((one) => {
      one.classList.remove("can-drop");
    });
    drag.ghost.hidden = !target || Boolean(target.over);
    if (target && target.over) {
      target.over.classList.add("can-drop");
    } else if (target) {
      grid.columnOf(target.slot.room).querySelector(".tt-lane").append(drag.ghost);
      drag.ghost.textContent = grid.inWords(target.slot);
      grid.drawAt(drag.ghost, target.slot, grid.bounds().from);
    }
    return target;
  };
  // Near the edge of the window the page goes on.
  const scrollOn = (event) => {
    const near = 50;
    const scroll = root.querySelector(".tt-scroll");
    const box = scroll.getBoundingClientRect();
    if (event.clientY < near || event.clientY > window.innerHeight - near) {
      window.scrollBy(0, event.clientY < near ? -12 : 12);
    }
    const towards = (at, from, to) => at < from + near ? -12 : at > to - near ? 12 : 0;
    scroll.scrollBy(towards(event.clientX, box.left, box.right), towards(event.clientY, box.top, box.bottom));
  };
  const onDown = (event) => {
    wasDragged = false;
    const block = event.target.closest(".tt-block");
    const handle = event.target.closest(".tt-grip, .tt-edge");
    if (!block || event.button !== 0 || drag || (event.pointerType !== "mouse" && !handle)) {
      return;
    }
    if (isBusy() || isHeldUp(null)) {
      return;
    }
    const slot = grid.slotOf(block);
    drag = {
      block: block,
      slot: slot,
      pointer: event.pointerId,
      stretches: Boolean(event.target.closest(".tt-edge")),
      offset: slot.start === null ? 0 : event.clientY - block.getBoundingClientRect().top,
      x: event.clientX,
      y: event.clientY,
      ghost: null,
    };
    if (handle) {
      event.preventDefault();
    }
  };
  const onMove = (event) => {
    if (!drag || event.pointerId !== drag.pointer) {
      return;
    }
    if (!drag.ghost) {
      if (Math.abs(event.clientX - drag.x) + Math.abs(event.clientY - drag.y) < 6) {
        return;
      }
      drag.ghost = document.createElement("div");
      drag.ghost.className = "tt-ghost";
      drag.block.classList.add("is-dragged");
    }
    scrollOn(event);
    follow(event);
  };
  const leave = () => {
    if (drag && drag.ghost) {
      drag.ghost.remove();
      drag.block.classList.remove("is-dragged");
      grid.all(".can-drop").forEach((one) => {
        one.classList.remove("can-drop");
      });
    }
    drag = null;
  };
  const onUp = (event) => {
    if (!drag || event.pointerId !== drag.pointer) {
      return;
    }
    const target = drag.ghost ? follow(event) : null;
    const block = drag.block;
    const before = drag.slot;
    wasDragged = Boolean(drag.ghost);
    leave();
    if (target) {
      if (JSON.stringify([target.slot, target.day]) !== JSON.stringify([before, root.dataset.day])) {
        save(block, target.slot, target.day);
      }
    }
  };

  // -- Clicks -----------------------------------------------------------------------------------------------------

  const onClick = (event) => {
    const link = event.target.closest(".tt-block, .tt-list a, .tt-findings a");
    if (wasDragged) {
      wasDragged = false;
      event.preventDefault();
      return;
    }
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      if (!isHeldUp(null)) {
        ask(link.href, {}, "[data-focus]");
      }
    }
    const lane = event.target.closest(".tt-column .tt-lane");
    if (lane && event.target === lane) {
      startAdding(lane, event.clientY);
    }
    const button = event.target.closest("[data-do]");
    if (button && pending) {
      if (button.dataset.do === "save") {
        save(pending.block, grid.slotOf(pending.block), root.dataset.day);
      } else {
        putBack();
      }
    }
  };
  // A click on free time fills in the form that adds.
  const startAdding = (lane, y) => {
    const title = root.querySelector(ADD_TITLE);
    if (!title) {
      return;
    }
    const fields = title.form.elements;
    const start = Math.floor(grid.minuteAt(lane, y - 1) / 30) * 30;
    fields.day.value = root.dataset.day;
    fields.start.value = grid.clock(start);
    fields.end.value = grid.clock(start + grid.NEW_LENGTH);
    fields.ends_next_day.checked = start + grid.NEW_LENGTH >= grid.DAY;
    fields.room.value = lane.closest(".tt-column").dataset.room;
    title.focus();
  };
  const onSubmit = (event) => {
    event.preventDefault();
    if (!isHeldUp(null)) {
      const isNew = event.target.elements.do && event.target.elements.do.value === "add";
      send(event.target, event.submitter, isNew ? ADD_TITLE : "#chosen");
    }
  };

  // -- Beginning --------------------------------------------------------------------------------------------------

  const wake = () => {
    const send = root.querySelector("#tt-send");
    root.querySelector(".tt-scroll").hidden = false;
    root.querySelector(".tt-list").open = false;
    grid.draw();
    if (!send) {
      return;
    }
    root.classList.add("is-alive");
    root.querySelector("#tt-keys").hidden = false;
    root.addEventListener("keydown", onKey);
    root.addEventListener("pointerdown", onDown);
    root.addEventListener("click", onClick);
    root.addEventListener("submit", onSubmit);
  };
  document.addEventListener("pointermove", onMove);
  document.addEventListener("pointerup", onUp);
  document.addEventListener("pointercancel", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      leave();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (pending) {
      event.preventDefault();
    }
  });
  wake();
})();
