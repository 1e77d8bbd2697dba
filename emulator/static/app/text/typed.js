/** What a person typed, as Slack stores it: three escapes, names as ids. */

/** @typedef {import("../session.js").Session} Session */

/** @param {string} text */
export function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Quotes, dashes and all other characters stay as typed. @param {string} text @param {Session} session */
export function toMrkdwn(text, session) {
  return escaped(text)
    .replace(/(^|\s)@([\w.-]*\w)/g, (whole, space, handle) => {
      const user = session.user(handle);
      return user ? `${space}<@${user.id}>` : whole;
    })
    .replace(/(^|\s)#([\p{L}\w-]+)/gu, (whole, space, name) => {
      const found = [...session.channelNames].find(([, known]) => known === name);
      return found ? `${space}<#${found[0]}|${name}>` : whole;
    });
}
