// How the grid of the timetable is drawn: times in minutes from midnight of the shown day. Used by timetable.js.
window.timetableGrid = (root) => {
  "use strict";
  const DAY = 1440;
  const STEP = 15;
  const UNKNOWN_LENGTH = 30;
  const NEW_LENGTH = 60;
  const LEAST_DRAWN = 10;
  const REM = 0.1; // height of a minute, as the style sheet draws it

  const all = (selector) => Array.from(root.querySelectorAll(selector));

  // -- Times ------------------------------------------------------------------------------------------------------

  const clock = (minutes) => {
    const within = ((minutes % DAY) + DAY) % DAY;
    return String(Math.floor(within / 60)).padStart(2, "0") + ":" + String(within % 60).padStart(2, "0");
  };
  // Where a block is; the end is null while it is unknown, the start for what lies in the tray.
  const slotOf = (block) => {
    const number = (text) => text === "" ? null : Number(text);
    return { start: number(block.dataset.start), end: number(block.dataset.end), room: block.dataset.room };
  };
  const lengthOf = (slot) => {
    if (slot.start === null) {
      return NEW_LENGTH;
    }
    return slot.end === null ? UNKNOWN_LENGTH : Math.max(LEAST_DRAWN, slot.end - slot.start);
  };
  const inWords = (slot) => slot.end === null ? clock(slot.start) : clock(slot.start) + "–" + clock(slot.end);
  const said = (text, block) => {
    const slot = slotOf(block);
    const column = columnOf(slot.room);
    const room = column ? column.querySelector(".tt-head b").textContent : "";
    return text
      .replace("{title}", block.dataset.title)
      .replace("{time}", slot.start === null ? "" : inWords(slot))
      .replace("{room}", room);
  };

  // -- Drawing ----------------------------------------------------------------------------------------------------

  const columnOf = (room) => all(".tt-column").find((column) => column.dataset.room === room);
  const bounds = () => {
    const grid = root.querySelector(".tt-grid");
    let from = Number(grid.dataset.from);
    let to = Number(grid.dataset.to);
    all(".tt-lane .tt-block").forEach((block) => {
      const slot = slotOf(block);
      from = Math.min(from, Math.floor(slot.start / 60) * 60);
      to = Math.max(to, Math.ceil((slot.start + lengthOf(slot)) / 60) * 60);
    });
    return { from: from, to: to };
  };
  const drawAt = (element, slot, from) => {
    element.style.top = (slot.start - from) * REM + "rem";
    element.style.height = lengthOf(slot) * REM + "rem";
  };
  // What is at one time in one room stands side by side.
  const drawLane = (lane, from) => {
    const blocks = Array.from(lane.querySelectorAll(".tt-block"));
    const start = (block) => slotOf(block).start;
    blocks.sort((one, other) => start(one) - start(other));
    let free = [];
    let together = [];
    const close = () => {
      together.forEach((pair) => {
        pair[0].style.left = (100 * pair[1]) / free.length + "%";
        pair[0].style.width = 100 / free.length + "%";
      });
      free = [];
      together = [];
    };
    blocks.forEach((block) => {
      const slot = slotOf(block);
      if (slot.start >= Math.max(...free)) {
        close();
      }
      let place = free.findIndex((end) => end <= slot.start);
      place = place < 0 ? free.length : place;
      free[place] = slot.start + lengthOf(slot);
      together.push([block, place]);
      block.classList.toggle("has-no-end", slot.end === null);
      drawAt(block, slot, from);
    });
    close();
  };
  const draw = () => {
    const shown = bounds();
    const height = (shown.to - shown.from) * REM + "rem";
    all(".tt-lane").forEach((lane) => {
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
  const put = (block, slot) => {
    block.dataset.start = slot.start === null ? "" : slot.start;
    block.dataset.end = slot.end === null ? "" : slot.end;
    block.dataset.room = slot.room;
    if (slot.start !== null) {
      block.querySelector(".tt-when").textContent = inWords(slot);
      columnOf(slot.room).querySelector(".tt-lane").append(block);
    }
    draw();
  };

  const minuteAt = (lane, y) => {
    const box = lane.getBoundingClientRect();
    const shown = bounds();
    const minutes = shown.from + ((y - box.top) / box.height) * (shown.to - shown.from);
    return Math.round(minutes / STEP) * STEP;
  };

  const drawing = { all, bounds, columnOf, draw, drawAt, minuteAt, put };
  return { DAY, STEP, NEW_LENGTH, clock, inWords, lengthOf, said, slotOf, ...drawing };
};
