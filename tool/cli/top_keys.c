// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys: a table of what each does, and what is typed where words are wanted. */
#include "top_keys.h"

#include <stdio.h>
#include <string.h>

#define NCURSES_NOMACROS
#include <curses.h>

#include "format.h"
#include "parse.h"
#include "top.h"

#define KEY_CONTROL(letter)	((letter) & 0x1f)
#define KEY_ESCAPE		0x1b
#define KEY_DELETE		0x7f
#define MS			1000	/* us */

static struct pane *focused(struct view *v)
{
	return &v->panes[v->focus];
}

/* Prompts */

static void begin_prompt(struct view *v, const struct prompt *prompt,
			 const char *entry)
{
	v->prompt = prompt;
	snprintf(v->entry, sizeof(v->entry), "%s", entry);
}

static void leave_entry(struct view *v)
{
	*v->entry = '\0';
}

static void say_unfound(struct view *v)
{
	snprintf(v->message, sizeof(v->message), "nothing here has \"%s\"",
		 v->search);
}

static void change_search(struct view *v)
{
	snprintf(v->search, sizeof(v->search), "%s", v->entry);
	if (!view_find(v, 0))
		say_unfound(v);
}

static void change_filter(struct view *v)
{
	snprintf(focused(v)->filter, TOP_ENTRY, "%s", v->entry);
	view_arrange(v);
}

static void drop_filter(struct view *v)
{
	leave_entry(v);
	change_filter(v);
}

static void set_delay(struct view *v, uint64_t ms)
{
	if (ms < TOP_DELAY_MIN)
		ms = TOP_DELAY_MIN;
	if (ms > TOP_DELAY_MAX)
		ms = TOP_DELAY_MAX;
	v->delay = ms;
}

static void take_delay(struct view *v)
{
	const char *wrong;
	uint64_t us;

	wrong = parse_time(v->entry, &us);
	if (wrong)
		snprintf(v->message, sizeof(v->message), "\"%s\" %s", v->entry,
			 wrong);
	else
		set_delay(v, us / MS);
}

static const struct prompt search_prompt = {
	"Search: ", change_search, leave_entry, leave_entry
};

static const struct prompt filter_prompt = {
	"Filter: ", change_filter, leave_entry, drop_filter
};

static const struct prompt delay_prompt = {
	"Delay: ", NULL, take_delay, leave_entry
};

/* Commands */

static void show_help(struct view *v)
{
	v->help = true;
}

static void find_next(struct view *v)
{
	if (!*v->search)
		begin_prompt(v, &search_prompt, "");
	else if (!view_find(v, 1))
		say_unfound(v);
}

static void begin_search(struct view *v)
{
	begin_prompt(v, &search_prompt, "");
}

static void begin_filter(struct view *v)
{
	begin_prompt(v, &filter_prompt, focused(v)->filter);
}

static void begin_delay(struct view *v)
{
	begin_prompt(v, &delay_prompt, "");
}

static void sort_next(struct view *v)
{
	view_sort(v, 1);
}

static void sort_previous(struct view *v)
{
	view_sort(v, -1);
}

static void invert_sort(struct view *v)
{
	focused(v)->inverse = !focused(v)->inverse;
	view_sort(v, 0);
}

static void focus_next(struct view *v)
{
	view_focus(v, 1);
}

static void focus_previous(struct view *v)
{
	view_focus(v, -1);
}

static void move_up(struct view *v)
{
	view_move(v, -1);
}

static void move_down(struct view *v)
{
	view_move(v, 1);
}

static long page_of(struct view *v)
{
	return focused(v)->lines > 2 ? focused(v)->lines - 1 : 1;
}

static void page_up(struct view *v)
{
	view_move(v, -page_of(v));
}

static void page_down(struct view *v)
{
	view_move(v, page_of(v));
}

static void move_home(struct view *v)
{
	view_move(v, -(long)focused(v)->count);
}

static void move_end(struct view *v)
{
	view_move(v, focused(v)->count);
}

static void scroll_left(struct view *v)
{
	view_scroll(v, -1);
}

static void scroll_right(struct view *v)
{
	view_scroll(v, 1);
}

static void pause_view(struct view *v)
{
	v->paused = !v->paused;
}

static void slow_down(struct view *v)
{
	set_delay(v, 2ULL * v->delay);
}

static void speed_up(struct view *v)
{
	set_delay(v, v->delay / 2);
}

static void quit_view(struct view *v)
{
	v->quit = true;
}

const struct binding bindings[] = {
	{ { KEY_F(1), 'h', '?' }, "F1 h ?", "this page", "F1Help", show_help },
	{ { KEY_F(3), '/' }, "F3 /", "search: go to the next row that has it", "F3Search", begin_search },
	{ { 'n' }, "n", "go to the next one with the same", NULL, find_next },
	{ { KEY_F(4), 'f', '\\' }, "F4 f \\", "filter: only rows that have it, Esc: all", "F4Filter", begin_filter },
	{ { KEY_F(6), '>' }, "F6 >", "sort by the next column", "F6Sort", sort_next },
	{ { '<' }, "<", "sort by the column before", NULL, sort_previous },
	{ { 'I' }, "I", "sort the other way round", NULL, invert_sort },
	{ { '\t' }, "Tab", "next panel", "TabPanel", focus_next },
	{ { KEY_BTAB }, "Shift-Tab", "panel before", NULL, focus_previous },
	{ { KEY_UP, 'k' }, "Up k", "a row up", NULL, move_up },
	{ { KEY_DOWN, 'j' }, "Down j", "a row down", NULL, move_down },
	{ { KEY_PPAGE }, "PgUp", "a page up", NULL, page_up },
	{ { KEY_NPAGE }, "PgDn", "a page down", NULL, page_down },
	{ { KEY_HOME }, "Home", "first row", NULL, move_home },
	{ { KEY_END }, "End", "last row", NULL, move_end },
	{ { KEY_LEFT }, "Left", "scroll back to columns at the left", NULL, scroll_left },
	{ { KEY_RIGHT }, "Right", "scroll to columns at the right", NULL, scroll_right },
	{ { ' ', 'Z' }, "Space Z", "pause, go on", "SpacePause", pause_view },
	{ { '+' }, "+", "twice the delay", NULL, slow_down },
	{ { '-' }, "-", "half the delay", NULL, speed_up },
	{ { 'd' }, "d", "type the delay", NULL, begin_delay },
	{ { KEY_F(10), 'q' }, "F10 q", "quit", "F10Quit", quit_view },
	{ { 0 }, NULL, NULL, NULL, NULL }
};

static void press_command(struct view *v, int key)
{
	const struct binding *b;
	int i;

	for (b = bindings; b->act; b++)
		for (i = 0; b->keys[i]; i++)
			if (b->keys[i] == key) {
				b->act(v);
				return;
			}
}

static void end_prompt(struct view *v, void (*how)(struct view *v))
{
	v->prompt = NULL;
	how(v);
}

static void type_key(struct view *v, int key)
{
	size_t len = strlen(v->entry);

	if ((key == KEY_BACKSPACE || key == KEY_DELETE ||
	     key == KEY_CONTROL('h')) && len)
		v->entry[len - 1] = '\0';
	else if (key >= ' ' && key < KEY_DELETE && len + 1 < sizeof(v->entry))
		memcpy(v->entry + len, (char []){ key, '\0' }, 2);
	else
		return;
	if (v->prompt->changed)
		v->prompt->changed(v);
}

static void press_prompt(struct view *v, int key)
{
	if (key == '\r' || key == '\n' || key == KEY_ENTER)
		end_prompt(v, v->prompt->done);
	else if (key == KEY_ESCAPE)
		end_prompt(v, v->prompt->dropped);
	else if (key == KEY_F(3) && v->prompt == &search_prompt)
		find_next(v);
	else
		type_key(v, key);
}

/**
 * keys_press() - a key was pressed
 */
void keys_press(struct view *v, int key)
{
	*v->message = '\0';
	if (v->help)
		v->help = false;
	else if (v->prompt)
		press_prompt(v, key);
	else
		press_command(v, key);
}
