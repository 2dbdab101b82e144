// SPDX-License-Identifier: GPL-2.0-or-later
// The page is read anew now and then, while somebody can see it.
"use strict";

const every = 2000;

async function refresh() {
	const answer = await fetch("/", { cache: "no-store" });
	if (!answer.ok)
		throw new Error(answer.statusText);
	const page = new DOMParser().parseFromString(await answer.text(),
						     "text/html");
	document.querySelector("main").replaceWith(page.querySelector("main"));
}

async function tick() {
	if (!document.hidden) {
		try {
			await refresh();
			document.body.classList.remove("stale");
		} catch {
			document.body.classList.add("stale");
		}
	}
	setTimeout(tick, every);
}

setTimeout(tick, every);
