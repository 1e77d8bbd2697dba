/**
 * Nodes, made by hand. Text only ever becomes a text node: what an app, a model or a
 * person wrote is never read as markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {Object<string, any>} [props] attributes, and: `data` (data-* by camelCase
 *   name), `on` (listeners), `css` (custom properties, set through the CSSOM because the
 *   page's policy refuses style attributes), `value` (the live property).
 * @param {...Child} children strings become text nodes; null and false are left out.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  append(node, children);
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "data") {
    for (const [key, item] of Object.entries(value)) {
      if (item !== null && item !== undefined) node.dataset[key] = String(item);
    }
  } else if (name === "on") {
    for (const [type, listener] of Object.entries(value)) {
      node.addEventListener(type, listener);
    }
  } else if (name === "css") {
    for (const [key, item] of Object.entries(value)) node.style.setProperty(key, item);
  } else if (name === "value") {
    node.value = value;
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {Node} node @param {Child[]} children */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** A fragment of children. @param {...Child} children */
export function fragment(...children) {
  return append(document.createDocumentFragment(), children);
}

/** An SVG element. @param {string} tag @param {Object<string, string>} attributes */
export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return append(node, children);
}

let counter = 0;

/** An id no other node of the page has. @param {string} prefix */
export function uniqueId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Show `text` for what a node is called, without its being seen. @param {string} text */
export function spoken(text) {
  return h("span", { class: "spoken" }, text);
}
