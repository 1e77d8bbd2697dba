/** The workspace as one person sees it now. */

import * as api from "./api.js";
import { Bus } from "./bus.js";
import { setWorkspaceNow } from "./clock.js";
import { Interactions } from "./interactions.js";
import { listen } from "./stream.js";

/** @typedef {Object<string, any>} User as in `GET /control/workspace` */
/** @typedef {Object<string, any>} Conversation as in `GET /control/conversations` */

export class Session extends Bus {
  interactions = new Interactions();
  /** @type {Map<string, User>} */
  users = new Map();
  /** @type {Map<string, Conversation>} what the acting person can open, by id */
  conversations = new Map();
  /** @type {Map<string, string>} names of all channels, by id */
  channelNames = new Map();
  /** @type {User} the acting person */
  me = null;
  inspecting = false;
  #silence = () => {};

  /** @param {Object<string, any>} workspace */
  constructor(workspace) {
    super();
    this.workspace = workspace;
    setWorkspaceNow(workspace.now);
    for (const user of workspace.users) this.users.set(user.id, user);
    for (const { id, name } of workspace.channels) this.channelNames.set(id, name);
    this.groups = new Map((workspace.usergroups ?? []).map((g) => [g.id, g]));
  }

  get app() {
    return this.workspace.app;
  }

  /** Has the app a Home tab? */
  get hasHome() {
    return this.app.home_tab !== false;
  }

  /** People one can act as: no bots, nobody deactivated. */
  get people() {
    return [...this.users.values()].filter((u) => !u.is_bot && !u.deleted);
  }

  /** @param {string | null} reference an id or a handle */
  user(reference) {
    if (!reference) return undefined;
    return (
      this.users.get(reference) ?? [...this.users.values()].find((u) => u.handle === reference)
    );
  }

  /** The DM with somebody, where there is one. @param {string} userId */
  dmWith(userId) {
    return [...this.conversations.values()].find((c) => c.is_im && c.user === userId);
  }

  /** Become somebody: their conversations, their stream. @param {User} user */
  async actAs(user) {
    this.me = user;
    await this.reload();
    if (this.me !== user) return; // already somebody else
    this.#listen();
    this.emit("me", user);
  }

  async reload() {
    const { me } = this;
    const { conversations } = await api.get("conversations", { as: me.id });
    if (this.me.id !== me.id) return;
    this.conversations = new Map(conversations.map((c) => [c.id, c]));
    this.emit("conversations");
  }

  /** Ask for API calls and envelopes too, or no longer. @param {boolean} wanted */
  inspect(wanted) {
    if (this.inspecting === wanted) return;
    this.inspecting = wanted;
    if (this.me) this.#listen();
  }

  #listen() {
    this.#silence();
    this.#silence = listen({
      as: this.me.id,
      inspect: this.inspecting,
      heard: (event) => this.#heard(event),
      resumed: () => this.reload().then(() => this.emit("resumed")),
      connection: (up) => this.emit("connection", up),
    });
  }

  #heard(event) {
    if (event.type === "hello" || event.type === "clock") setWorkspaceNow(event.now);
    if (event.type === "interaction") this.interactions.heard(event);
    if (event.type === "people") this.#person(event.user);
    if (event.type === "conversation") this.#conversation(event);
    if (event.type === "presence_of_app") this.app.connections = event.connections;
    this.emit(event.type, event);
  }

  #person(user) {
    this.users.set(user.id, user);
    if (user.id === this.me.id) this.me = user;
  }

  #conversation({ conversation, gone }) {
    if (gone) this.conversations.delete(conversation.id);
    else this.conversations.set(conversation.id, conversation);
    if (conversation.name) this.channelNames.set(conversation.id, conversation.name);
    this.emit("conversations");
  }

  /** @param {string} path @param {Object<string, any>} body as the acting person */
  post(path, body) {
    return api.post(path, { as: this.me.id, ...body });
  }

  /** @param {string} path @param {Object<string, any>} [query] as the acting person */
  get(path, query = {}) {
    return api.get(path, { as: this.me.id, ...query });
  }

  /**
   * Do something that reaches the app, and wait for what became of it.
   *
   * @param {string} path @param {Object<string, any>} body
   * @returns {Promise<import("./interactions.js").Outcome>}
   */
  async act(path, body) {
    const { interaction } = await this.post(path, body);
    return this.interactions.outcome(interaction);
  }
}
