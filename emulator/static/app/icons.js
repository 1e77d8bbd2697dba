/** The page's icons: strokes on a 20 × 20 grid, drawn here. */

import { svg } from "./dom.js";

const STROKES = {
  arrowDown: "M10 4v11M5.5 10.5 10 15l4.5-4.5",
  arrowLeft: "M16 10H4.5M9 5l-5 5 5 5",
  arrowOut: "M8 5h7v7M15 5 5.5 14.5",
  bolt: "M11 2.5 4.5 11.5H10L9 17.5l6.5-9H10z",
  calendar: "M3.5 5.5h13v11h-13zM3.5 8.5h13M7 3.5v3M13 3.5v3",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  chevronDown: "m5.5 8 4.5 4.5L14.5 8",
  chevronRight: "m8 5.5 4.5 4.5L8 14.5",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4.2l2.8 1.8",
  close: "m5 5 10 10M15 5 5 15",
  dots: "M5 10h.01M10 10h.01M15 10h.01",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  face: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7.5 8.2v.01M12.5 8.2v.01M7 11.8c1.6 2 4.4 2 6 0",
  file: "M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15M7.5 10h5M7.5 13h5",
  gauge: "M3 14a7 7 0 1 1 14 0M10 14l3.5-4.5",
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5",
  home: "M3.5 9.5 10 4l6.5 5.5M5.5 8.5v8h9v-8M8.5 16.5v-4h3v4",
  info: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.2V14M10 6.4v.01",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.6-2.6a3 3 0 0 0-4.3-4.3l-.8.8M11.5 8.5a3 3 0 0 0-4.3 0l-2.6 2.6a3 3 0 0 0 4.3 4.3l.8-.8",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  moon: "M16 11.8A6.6 6.6 0 0 1 8.2 4a6.6 6.6 0 1 0 7.8 7.8z",
  people:
    "M7.5 4.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM2.5 16.5c.3-2.8 2.2-4.4 5-4.4s4.7 1.6 5 4.4M13 4.8a2.6 2.6 0 0 1 0 5M14.2 12.3c1.9.5 3.1 1.9 3.3 4.2",
  phone:
    "M5 3.5h3l1.3 3.6-2 1.3c.8 2 2.3 3.5 4.3 4.3l1.3-2 3.6 1.3v3c0 .8-.7 1.5-1.5 1.5C8.7 16 4 11.3 3.5 5c0-.8.7-1.5 1.5-1.5z",
  play: "M7 4.5v11l9-5.5z",
  plus: "M10 4v12M4 10h12",
  reply: "M4 4.5h12v9H9.5L6 16.5v-3H4z",
  search: "M8.8 3.5a5.3 5.3 0 1 0 0 10.6 5.3 5.3 0 0 0 0-10.6zM12.7 12.7l3.8 3.8",
  send: "M3.5 10 16.5 4l-4 12.5-3-5zM9.5 11.5l7-7.5",
  shared: "M10 2.8 16.5 10 10 17.2 3.5 10zM10 2.8v14.4",
  spinner: "M10 3.5a6.5 6.5 0 1 1-6.5 6.5",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1",
  systemTheme: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 3v14M12.5 3.6v12.8M15 5.2v9.6",
  thumbDown:
    "M6 11.5H3.5v-8H6zM6 11.5 9.5 17c1.2 0 1.9-1 1.7-2.2L10.8 12h4.5c1 0 1.7-.9 1.5-1.9l-1-5.2c-.2-.8-.9-1.4-1.7-1.4H6",
  thumbUp:
    "M6 8.5H3.5v8H6zM6 8.5 9.5 3c1.2 0 1.9 1 1.7 2.2L10.8 8h4.5c1 0 1.7.9 1.5 1.9l-1 5.2c-.2.8-.9 1.4-1.7 1.4H6",
  trash: "M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5",
  warning: "M10 3.5 17.5 16.5h-15zM10 8v4M10 14.2v.01",
  windows: "M3 5h9v8H3zM8 13v3h9V8h-5",
};

/**
 * @param {keyof typeof STROKES} name
 * @param {string} [extra] further classes
 */
export function icon(name, extra = "") {
  return svg(
    "svg",
    {
      class: `icon ${extra}`.trim(),
      viewBox: "0 0 20 20",
      "aria-hidden": "true",
      focusable: "false",
    },
    svg("path", { d: STROKES[name] ?? STROKES.info }),
  );
}
