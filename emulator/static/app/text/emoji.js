/** The emoji names that cards use; an unknown one stays what was written. */

import { h } from "../dom.js";

const NAMES = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌
negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|warning ⚠️|rotating_light 🚨
exclamation ❗|question ❓|grey_question ❔|information_source ℹ️|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢
hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|clock1 🕐|clock3 🕒|clock9 🕘
calendar 📆|date 📅|spiral_calendar_pad 🗓️|repeat 🔁|arrows_counterclockwise 🔄|fast_forward ⏩|rewind ⏪
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|leftwards_arrow_with_hook ↩️|arrow_forward ▶️
double_vertical_bar ⏸️|black_square_for_stop ⏹️|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️
eyes 👀|eye 👁️|wave 👋|raised_hands 🙌|clap 👏|pray 🙏|muscle 💪|ok_hand 👌|point_right 👉|point_up ☝️|hand ✋
raised_hand ✋|raising_hand 🙋|handshake 🤝|writing_hand ✍️|robot_face 🤖|brain 🧠|bulb 💡|sparkles ✨|star ⭐
star2 🌟|zap ⚡|fire 🔥|boom 💥|rocket 🚀|tada 🎉|confetti_ball 🎊|trophy 🏆|medal 🏅|dart 🎯|100 💯|gift 🎁
smile 😄|smiley 😃|grinning 😀|grin 😁|slightly_smiling_face 🙂|simple_smile 🙂|blush 😊|wink 😉|joy 😂
heart_eyes 😍|thinking_face 🤔|neutral_face 😐|confused 😕|cry 😢|sob 😭|scream 😱|sweat_smile 😅|relieved 😌
sunglasses 😎|nerd_face 🤓|sleeping 😴|face_with_rolling_eyes 🙄|partying_face 🥳|skull 💀|ghost 👻
heart ❤️|broken_heart 💔|blue_heart 💙|green_heart 💚|yellow_heart 💛|purple_heart 💜
red_circle 🔴|large_red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢
large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|small_blue_diamond 🔹|small_orange_diamond 🔸
large_green_square 🟩|large_yellow_square 🟨|large_red_square 🟥|black_large_square ⬛|white_large_square ⬜
memo 📝|pencil ✏️|pencil2 ✏️|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|clipboard 📋|newspaper 📰
file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|books 📚|book 📖|link 🔗|paperclip 📎|pushpin 📌
round_pushpin 📍|scissors ✂️|mag 🔍|mag_right 🔎|hammer_and_wrench 🛠️|wrench 🔧|gear ⚙️|toolbox 🧰|package 📦
inbox_tray 📥|outbox_tray 📤|email 📧|envelope ✉️|incoming_envelope 📨|speech_balloon 💬|thought_balloon 💭
left_speech_bubble 🗨️|phone ☎️|iphone 📱|computer 💻|desktop_computer 🖥️|printer 🖨️|floppy_disk 💾|bug 🐛
bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|moneybag 💰|money_with_wings 💸
credit_card 💳|euro 💶|dollar 💵|receipt 🧾|shopping_trolley 🛒|office 🏢|house 🏠|airplane ✈️|car 🚗|chair 🪑
coffee ☕|pizza 🍕|cake 🍰|beers 🍻|sunny ☀️|cloud ☁️|rainbow 🌈|snowflake ❄️|earth_africa 🌍|globe_with_meridians 🌐
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣
crown 👑|detective 🕵️|ship 🚢|anchor ⚓|sailboat ⛵|man_office_worker 👨‍💼|woman_office_worker 👩‍💼|busts_in_silhouette 👥
bust_in_silhouette 👤|new 🆕|ok 🆗|up 🆙|free 🆓|sos 🆘|construction 🚧|traffic_light 🚦|checkered_flag 🏁|triangular_flag_on_post 🚩
`;

/** @type {Map<string, string>} */
const EMOJI = new Map(
  NAMES.split(/[|\n]/)
    .filter(Boolean)
    .map((entry) => entry.split(" ")),
);

/** The names with their emoji, for whoever picks one. */
export const REACTIONS = ["+1", "white_check_mark", "eyes", "tada", "heart", "joy"];

/** The emoji called `name`, or null. @param {string} name */
export function emoji(name) {
  const glyph = EMOJI.get(name.replace(/::skin-tone-\d$/, ""));
  if (!glyph) return null;
  return h("span", { class: "emoji", role: "img", "aria-label": name, title: `:${name}:` }, glyph);
}
