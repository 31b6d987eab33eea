// The day as a grid: sessions are dragged, stretched and moved by keys. All it does, the forms of the page do as well.
(function () {
  "use strict";
  const STEP = 15;
  const DAY = 1440;
  const UNKNOWN_LENGTH = 30;
  const NEW_LENGTH = 60;
  const REM = 1.5 / STEP; // height of a minute, as the style sheet draws it
  let root = document.getElementById("timetable");
  if (!root) {
    return;
  }
  let drag = null; // what the pointer does now
  let pending = null; // a session moved by keys and not saved yet
  let wasDragged = false;

  const live = document.createElement("p");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  document.getElementById("content-main").append(live);

  const all = function (selector) {
    return Array.from(root.querySelectorAll(selector));
  };
  const announce = function (text) {
    live.textContent = text;
  };

  // -- Times ------------------------------------------------------------------------------------------------------

  const clock = function (minutes) {
    const within = ((minutes % DAY) + DAY) % DAY;
    return String(Math.floor(within / 60)).padStart(2, "0") + ":" + String(within % 60).padStart(2, "0");
  };
  // Where a block is; the end is null while it is unknown, the start for what lies in the tray.
  const slotOf = function (block) {
    const number = function (text) {
      return text === "" ? null : Number(text);
    };
    return { start: number(block.dataset.start), end: number(block.dataset.end), room: block.dataset.room };
  };
  const lengthOf = function (slot) {
    return slot.start === null ? NEW_LENGTH : Math.max(STEP, (slot.end || slot.start + UNKNOWN_LENGTH) - slot.start);
  };
  const inWords = function (slot) {
    return slot.end === null ? clock(slot.start) : clock(slot.start) + "–" + clock(slot.end);
  };
  const said = function (text, block) {
    const slot = slotOf(block);
    const column = columnOf(slot.room);
    const room = column ? column.querySelector(".tt-head b").textContent : "";
    return text
      .replace("{title}", block.dataset.title)
      .replace("{time}", slot.start === null ? "" : inWords(slot))
      .replace("{room}", room);
  };

  // -- Drawing ----------------------------------------------------------------------------------------------------

  const columnOf = function (room) {
    return all(".tt-column").find(function (column) {
      return column.dataset.room === room;
    });
  };
  const bounds = function () {
    const grid = root.querySelector(".tt-grid");
    let from = Number(grid.dataset.from);
    let to = Number(grid.dataset.to);
    all(".tt-lane .tt-block").forEach(function (block) {
      const slot = slotOf(block);
      from = Math.min(from, Math.floor(slot.start / 60) * 60);
      to = Math.max(to, Math.ceil((slot.start + lengthOf(slot)) / 60) * 60);
    });
    return { from: from, to: to };
  };
  const drawAt = function (element, slot, from) {
    element.style.top = (slot.start - from) * REM + "rem";
    element.style.height = lengthOf(slot) * REM + "rem";
  };
  // What is at one time in one room stands side by side.
  const drawLane = function (lane, from) {
    const blocks = Array.from(lane.querySelectorAll(".tt-block"));
    const start = function (block) {
      return slotOf(block).start;
    };
    blocks.sort(function (one, other) {
      return start(one) - start(other);
    });
    let free = [];
    let together = [];
    const close = function () {
      together.forEach(function (pair) {
        pair[0].style.left = (100 * pair[1]) / free.length + "%";
        pair[0].style.width = 100 / free.length + "%";
      });
      free = [];
      together = [];
    };
    blocks.forEach(function (block) {
      const slot = slotOf(block);
      if (slot.start >= Math.max(...free)) {
        close();
      }
      let place = free.findIndex(function (end) {
        return end <= slot.start;
      });
      place = place < 0 ? free.length : place;
      free[place] = slot.start + lengthOf(slot);
      together.push([block, place]);
      block.classList.toggle("has-no-end", slot.end === null);
      drawAt(block, slot, from);
    });
    close();
  };
  const draw = function () {
    const shown = bounds();
    const height = (shown.to - shown.from) * REM + "rem";
    all(".tt-lane").forEach(function (lane) {
      lane.style.height = height;
      drawLane(lane, shown.from);
    });
    const hours = root.querySelector(".tt-hours .tt-lane");
    hours.replaceChildren();
    for (let minutes = shown.from; minutes < shown.to; minutes += 60) {
      const label = document.createElement("span");
      label.textContent = clock(minutes);
      label.style.top = (minutes - shown.from) * REM + "rem";
      hours.append(label);
    }
  };
  const put = function (block, slot) {
    block.dataset.start = slot.start === null ? "" : slot.start;
    block.dataset.end = slot.end === null ? "" : slot.end;
    block.dataset.room = slot.room;
    if (slot.start !== null) {
      block.querySelector(".tt-when").textContent = inWords(slot);
      columnOf(slot.room).querySelector(".tt-lane").append(block);
    }
    draw();
  };

  // -- Saving: the page that the server answers with takes the place of this one ------------------------------------

  const show = async function (answer, focus) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("timetable");
    if (!fresh) {
      window.location.assign(answer.url);
      return;
    }
    const before = root.querySelector(".tt-scroll");
    const scrolled = [before.scrollLeft, before.scrollTop];
    root.replaceWith(document.adoptNode(fresh));
    root = fresh;
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
  const ask = async function (address, options, focus) {
    root.setAttribute("aria-busy", "true");
    let answer;
    try {
      answer = await fetch(address, options);
      await show(answer, focus);
    } catch (error) {
      announce(root.dataset.failed);
      window.alert(root.dataset.failed);
      if (pending) {
        putBack();
      }
    }
    root.removeAttribute("aria-busy");
  };
  const send = function (form, button, focus) {
    const fields = new FormData(form);
    if (button && button.name) {
      fields.set(button.name, button.value);
    }
    announce(root.dataset.saving);
    return ask(form.action, { method: "POST", body: fields }, focus);
  };
  const save = function (block, slot, day) {
    const form = root.querySelector("#tt-send");
    const isTimed = slot.start !== null;
    const fields = form.elements;
    fields.session.value = block.dataset.session;
    fields.seen.value = block.dataset.seen;
    fields.day.value = day;
    fields.start.value = isTimed ? clock(slot.start) : "";
    fields.end.value = isTimed && slot.end !== null ? clock(slot.end) : "";
    fields.ends_next_day.value = isTimed && slot.end !== null && slot.end >= DAY ? "on" : "";
    fields.room.value = slot.room;
    return send(form, null, "#tt-" + block.dataset.session);
  };

  // -- Keys -------------------------------------------------------------------------------------------------------

  const bar = function (text) {
    const element = root.querySelector(".tt-bar");
    element.hidden = text === "";
    element.querySelector("p").textContent = text;
  };
  const putBack = function () {
    const block = pending.block;
    put(block, pending.slot);
    block.classList.remove("is-pending");
    pending = null;
    bar("");
    block.focus();
    announce(said(root.dataset.back, block));
  };
  const isHeldUp = function (block) {
    if (!pending || pending.block === block) {
      return false;
    }
    announce(said(root.dataset.first, pending.block));
    return true;
  };
  const moved = function (slot, key, stretches) {
    const by = key === "ArrowUp" ? -STEP : STEP;
    const length = lengthOf(slot);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const columns = all(".tt-column");
      const next = columns[columns.indexOf(columnOf(slot.room)) + (key === "ArrowLeft" ? -1 : 1)];
      return next && !stretches ? { start: slot.start, end: slot.end, room: next.dataset.room } : null;
    }
    if (stretches) {
      const isOne = length + by >= STEP && length + by <= DAY;
      return isOne ? { start: slot.start, end: slot.start + length + by, room: slot.room } : null;
    }
    const start = slot.start + by;
    const end = slot.end === null ? null : slot.end + by;
    return start >= 0 && start < DAY ? { start: start, end: end, room: slot.room } : null;
  };
  const onKey = function (event) {
    const block = event.target.closest(".tt-lane .tt-block");
    if (!block || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === "Escape" && pending && pending.block === block) {
      putBack();
    } else if (event.key === "Enter" && pending && pending.block === block) {
      event.preventDefault();
      save(block, slotOf(block), root.dataset.day);
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      if (isHeldUp(block)) {
        return;
      }
      const slot = moved(slotOf(block), event.key, event.shiftKey);
      if (!slot) {
        announce(root.dataset.edge);
        return;
      }
      pending = pending || { block: block, slot: slotOf(block) };
      put(block, slot);
      block.classList.add("is-pending");
      block.focus();
      bar(said(root.dataset.moved, block));
      announce(said(root.dataset.moved, block));
    }
  };

  // -- Pointer: a mouse takes a session anywhere, a finger by its grip or edge ---------------------------------------

  const isOver = function (element, event) {
    const box = element.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top && event.clientY < box.bottom;
  };
  const minuteAt = function (lane, y) {
    const box = lane.getBoundingClientRect();
    const shown = bounds();
    const minutes = shown.from + ((y - box.top) / box.height) * (shown.to - shown.from);
    return Math.round(minutes / STEP) * STEP;
  };
  const targetAt = function (event) {
    const slot = drag.slot;
    if (drag.stretches) {
      const lane = columnOf(slot.room).querySelector(".tt-lane");
      const end = Math.max(slot.start + STEP, minuteAt(lane, event.clientY));
      return { slot: { start: slot.start, end: Math.min(end, slot.start + DAY), room: slot.room }, day: root.dataset.day };
    }
    const tab = all(".tt-days a").find(function (one) {
      return isOver(one, event);
    });
    if (tab) {
      return { slot: slot, day: tab.dataset.day, over: tab };
    }
    const tray = root.querySelector(".tt-tray");
    if (isOver(tray, event)) {
      return { slot: { start: null, end: null, room: "" }, day: "", over: tray };
    }
    const column = all(".tt-column").find(function (one) {
      return isOver(one.querySelector(".tt-lane"), event);
    });
    if (!column || !isOver(root.querySelector(".tt-scroll"), event)) {
      return null;
    }
    const start = Math.min(DAY - STEP, Math.max(0, minuteAt(column.querySelector(".tt-lane"), event.clientY - drag.offset)));
    const hasEnd = slot.end !== null || slot.start === null;
    const end = hasEnd ? start + lengthOf(slot) : null;
    return { slot: { start: start, end: end, room: column.dataset.room }, day: root.dataset.day };
  };
  const follow = function (event) {
    const target = targetAt(event);
    all(".can-drop").forEach(function (one) {
      one.classList.remove("can-drop");
    });
    drag.ghost.hidden = !target || Boolean(target.over);
    if (target && target.over) {
      target.over.classList.add("can-drop");
    } else if (target) {
      columnOf(target.slot.room).querySelector(".tt-lane").append(drag.ghost);
      drag.ghost.textContent = inWords(target.slot);
      drawAt(drag.ghost, target.slot, bounds().from);
    }
    return target;
  };
  // Near the edge of the window the page goes on.
  const scrollOn = function (event) {
    const near = 50;
    const scroll = root.querySelector(".tt-scroll");
    const box = scroll.getBoundingClientRect();
    if (event.clientY < near || event.clientY > window.innerHeight - near) {
      window.scrollBy(0, event.clientY < near ? -12 : 12);
    }
    const towards = function (at, from, to) {
      return at < from + near ? -12 : at > to - near ? 12 : 0;
    };
    scroll.scrollBy(towards(event.clientX, box.left, box.right), towards(event.clientY, box.top, box.bottom));
  };
  const onDown = function (event) {
    const block = event.target.closest(".tt-block");
    const handle = event.target.closest(".tt-grip, .tt-edge");
    if (!block || event.button !== 0 || drag || (event.pointerType !== "mouse" && !handle) || isHeldUp(null)) {
      return;
    }
    wasDragged = false;
    const slot = slotOf(block);
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
  const onMove = function (event) {
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
  const leave = function () {
    if (drag && drag.ghost) {
      drag.ghost.remove();
      drag.block.classList.remove("is-dragged");
      all(".can-drop").forEach(function (one) {
        one.classList.remove("can-drop");
      });
    }
    drag = null;
  };
  const onUp = function (event) {
    if (!drag || event.pointerId !== drag.pointer) {
      return;
    }
    const target = drag.ghost ? follow(event) : null;
    const block = drag.block;
    const before = drag.slot;
    wasDragged = Boolean(drag.ghost);
    leave();
    if (target) {
      const isSame = JSON.stringify([target.slot, target.day]) === JSON.stringify([before, root.dataset.day]);
      if (!isSame) {
        save(block, target.slot, target.day);
      }
    }
  };

  // -- Clicks -----------------------------------------------------------------------------------------------------

  const onClick = function (event) {
    const link = event.target.closest(".tt-block, .tt-list a, .tt-findings a");
    if (wasDragged && link) {
      event.preventDefault();
    } else if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      if (!isHeldUp(null)) {
        ask(link.href, {}, "[data-focus]");
      }
    }
    wasDragged = false;
    const lane = event.target.closest(".tt-column .tt-lane");
    if (lane && event.target === lane) {
      startAdding(lane, event.clientY);
    }
    const button = event.target.closest("[data-do]");
    if (button && pending) {
      if (button.dataset.do === "save") {
        save(pending.block, slotOf(pending.block), root.dataset.day);
      } else {
        putBack();
      }
    }
  };
  // A click on free time fills in the form that adds.
  const startAdding = function (lane, y) {
    const title = root.querySelector("#id_addform_title");
    if (!title) {
      return;
    }
    const fields = title.form.elements;
    const start = Math.floor(minuteAt(lane, y - 1) / 30) * 30;
    fields.day.value = root.dataset.day;
    fields.start.value = clock(start);
    fields.end.value = clock(start + NEW_LENGTH);
    fields.ends_next_day.checked = start + NEW_LENGTH >= DAY;
    fields.room.value = lane.closest(".tt-column").dataset.room;
    title.focus();
  };
  const onSubmit = function (event) {
    event.preventDefault();
    if (!isHeldUp(null)) {
      const isNew = event.target.elements.do && event.target.elements.do.value === "add";
      send(event.target, event.submitter, isNew ? "#id_addform_title" : "#chosen");
    }
  };

  // -- Beginning --------------------------------------------------------------------------------------------------

  const wake = function () {
    const send = root.querySelector("#tt-send");
    root.querySelector(".tt-scroll").hidden = false;
    root.querySelector(".tt-list").open = false;
    draw();
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
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      leave();
    }
  });
  window.addEventListener("beforeunload", function (event) {
    if (pending) {
      event.preventDefault();
    }
  });
  wake();
})();
