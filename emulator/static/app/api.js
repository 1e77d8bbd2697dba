/** The control surface over HTTP (emulator/README.md), one function per need. */

/** What the workspace refused, in its own words. */
export class Refused extends Error {
  /** @param {{error?: string, message?: string, errors?: Object<string, string>}} answer */
  constructor(answer) {
    super(answer.message ?? "The workspace did not answer.");
    this.name = "Refused";
    this.code = answer.error ?? "unknown";
    this.errors = answer.errors ?? {};
  }
}

const GONE = {
  error: "not_reachable",
  message: "The local workspace does not answer. Is it still running?",
};

async function call(path, options) {
  let response;
  try {
    response = await fetch(new URL(`/control/${path}`, location.origin), options);
  } catch {
    throw new Refused(GONE);
  }
  const answer = await response.json().catch(() => GONE);
  if (!response.ok) throw new Refused(answer);
  return answer;
}

/** @param {string} path @param {Object<string, any>} [query] */
export function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return call(given.length ? `${path}?${search}` : path);
}

/** @param {string} path @param {Object<string, any>} body */
export function post(path, body) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** @param {string} path */
export function remove(path) {
  return call(path, { method: "DELETE" });
}

/** Put a file into the workspace. @param {string} as @param {File} file */
export async function upload(as, file) {
  const form = new FormData();
  form.append("as", as);
  form.append("file", file);
  return (await call("upload", { method: "POST", body: form })).file;
}

/** Where a file's bytes are. @param {string} id @param {string} as */
export function fileAddress(id, as) {
  return new URL(`/control/file/${id}?as=${as}`, location.origin).href;
}
