/** Lets a dialog or a screen have things loaded anew, without knowing the page that does. */

let reload = { screen: () => {}, kills: () => {} };

export function reloadsBy(functions) {
  reload = functions;
}

export function loadScreen() {
  return reload.screen();
}

export function loadKills() {
  return reload.kills();
}
