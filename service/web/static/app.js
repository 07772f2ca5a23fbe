"use strict";

const WORDS = {
  ja: {
    working: "確認しています…", nothing: "画像又は読取りデータを選んでください。", offline: "サービスに接続できません。",
    next: "次にすること", card: "カードの有効期間", stay: "在留期間", work: "就労", until: (day) => `${day} まで`, hours: "時間／週",
    verdict: {
      forged: "偽造", invalid: "有効な証明書ではありません", suspect: "偽造の疑い", inconclusive: "判断できません",
      authentic: "真正", no_sign_of_forgery: "偽造の兆候は見つかりません",
    },
    result: {
      pass: "適合", fail: "不適合", suspect: "疑い", inconclusive: "不明", not_applicable: "対象外", not_run: "未実施", error: "故障",
    },
    action: {
      none: "ありません", retake_image: "撮り直してください", add_side: "もう片面を追加してください",
      read_chip: "ICチップを読み取ってください", tilt_card: "カードを傾けて撮影してください", manual_review: "人が確かめてください",
    },
    state: {
      valid: "有効", expired: "期限切れ", renewal_pending: "更新申請中", unlimited: "無期限", not_stated: "記載なし", unknown: "不明",
      unrestricted: "制限なし", status_limited: "在留資格の範囲", designated: "指定書の範囲", permission_limited: "許可の範囲",
      not_permitted: "就労不可",
    },
  },
  en: {
    working: "Verifying…", nothing: "Choose a picture or a chip dump.", offline: "The service cannot be reached.",
    next: "Next", card: "Card", stay: "Stay", work: "Work", until: (day) => `until ${day}`, hours: "hours a week",
    verdict: {
      forged: "Forged", invalid: "Not a document in force", suspect: "Suspect", inconclusive: "Cannot tell",
      authentic: "Authentic", no_sign_of_forgery: "No sign of forgery",
    },
    result: {
      pass: "Pass", fail: "Fail", suspect: "Suspect", inconclusive: "Unclear", not_applicable: "Not applicable",
      not_run: "Not run", error: "Fault",
    },
    action: {
      none: "Nothing", retake_image: "Take the picture again", add_side: "Add the other side",
      read_chip: "Read the chip", tilt_card: "Film the card while tilting it", manual_review: "Have a person look",
    },
    state: {
      valid: "valid", expired: "expired", renewal_pending: "renewal pending", unlimited: "unlimited",
      not_stated: "not stated", unknown: "unknown", unrestricted: "unrestricted", status_limited: "within the status",
      designated: "as designated", permission_limited: "within the permission", not_permitted: "not permitted",
    },
  },
};
const TONES = {
  forged: "bad", invalid: "bad", suspect: "warn", inconclusive: "warn", authentic: "good", no_sign_of_forgery: "good",
};
const ORDER = ["fail", "suspect", "error", "inconclusive", "pass", "not_run", "not_applicable"];

const element = (id) => document.getElementById(id);
let language = navigator.language.startsWith("ja") ? "ja" : "en";
let shown = null;

function chooseLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  document.body.dataset.language = chosen;
  for (const button of document.querySelectorAll("[data-choose]")) {
    button.setAttribute("aria-pressed", String(button.dataset.choose === chosen));
  }
  if (shown) show(shown);
}

function say(text, fault = false) {
  const status = element("status");
  status.textContent = text;
  status.className = fault ? "fault" : "";
}

function row(cells) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const place = document.createElement("td");
    place.append(cell);
    line.append(place);
  }
  return line;
}

function code(text) {
  const node = document.createElement("code");
  node.textContent = text;
  return node;
}

function term(name, parts) {
  const title = document.createElement("dt");
  const value = document.createElement("dd");
  title.textContent = name;
  value.textContent = parts.filter(Boolean).join(" · ");
  return [title, value];
}

function show(report) {
  shown = report;
  const words = WORDS[language];
  const { card, stay, work } = report.entitlement;
  const verdict = element("verdict");
  verdict.textContent = words.verdict[report.verdict];
  verdict.dataset.tone = TONES[report.verdict];
  element("reason").replaceChildren(code(report.verdict_reason));
  element("next").textContent = `${words.next}: ${words.action[report.next_action]}`;
  element("entitlement").replaceChildren(
    ...term(words.card, [words.state[card.state], card.valid_until && words.until(card.valid_until)]),
    ...term(words.stay, [words.state[stay.state], stay.until && words.until(stay.until)]),
    ...term(words.work, [words.state[work.state], work.hours_per_week && `${work.hours_per_week} ${words.hours}`, work.basis]),
  );
  const checks = [...report.checks].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result));
  element("checks").replaceChildren(
    ...checks.map((check) => row([words.result[check.result], code(check.id), check.message])),
  );
  element("identity").textContent = `${report.id} · ${report.trust_profile} · ${report.created_at}`;
  element("result").hidden = false;
}

async function send(form) {
  const body = new FormData();
  for (const name of ["front", "back", "chip"]) {
    const [file] = element(name).files;
    if (file) body.append(name, file);
  }
  if ([...body.keys()].length === 0) return say(WORDS[language].nothing, true);
  body.append("request", JSON.stringify({ store: element("keep").checked ? "report" : "none" }));
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  say(WORDS[language].working);
  try {
    const headers = { Authorization: `Bearer ${element("key").value.trim()}`, "Accept-Language": language };
    const answer = await fetch("/v1/verify", { method: "POST", headers, body });
    const content = await answer.json();
    if (!answer.ok) {
      element("result").hidden = true;
      return say([content.title, content.detail, ...(content.errors ?? []).map((e) => `${e.pointer}: ${e.detail}`)].join(" — "), true);
    }
    say("");
    show(content);
    element("result").focus();
  } catch {
    say(WORDS[language].offline, true);
  } finally {
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-choose]")) {
  button.addEventListener("click", () => chooseLanguage(button.dataset.choose));
}
document.querySelector(".languages").hidden = false;
element("verify").addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target);
});
chooseLanguage(language);
