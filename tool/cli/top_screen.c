// SPDX-License-Identifier: GPL-2.0-or-later
/* The terminal: curses takes it, and whatever happens gives it back. */
#include "top_screen.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>

/* How long an Esc waits for the rest of a function key. */
#define ESCAPE_MS	25

/* A colour, and what stands for it where there are none. */
static const struct {
	short front;
	short back;
	attr_t colored;
	attr_t plain;
} shades[SHADES] = {
	[SHADE_NONE] = { -1, -1, A_NORMAL, A_NORMAL },
	[SHADE_TITLE] = { COLOR_BLACK, COLOR_GREEN, A_NORMAL, A_REVERSE },
	[SHADE_SORTED] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL,
			   A_REVERSE | A_BOLD },
	[SHADE_CURSOR] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
	[SHADE_GOOD] = { COLOR_GREEN, -1, A_NORMAL, A_NORMAL },
	[SHADE_WARN] = { COLOR_YELLOW, -1, A_NORMAL, A_NORMAL },
	[SHADE_BAD] = { COLOR_RED, -1, A_BOLD, A_BOLD },
	[SHADE_FOOT] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
};

static SCREEN *screen;
static bool colors;
static sigset_t all_signals;

static void start_colors(void)
{
	short i;

	colors = has_colors() && start_color() == OK;
	if (!colors)
		return;
	use_default_colors();
	for (i = 1; i < SHADES; i++)
		init_pair(i, shades[i].front, shades[i].back);
}

/*
 * A change of the terminal's size is heard of only while waiting for a key, or
 * it could come just before and be seen a delay later.
 */
static void hold_resize(void)
{
	sigset_t resize;

	sigemptyset(&resize);
	sigaddset(&resize, SIGWINCH);
	sigprocmask(SIG_BLOCK, &resize, &all_signals);
	sigdelset(&all_signals, SIGWINCH);
}

/**
 * screen_open() - take the terminal
 *
 * Curses gives it back when a signal ends the program; all other ends come by
 * exit().
 *
 * Return: NULL, or why it cannot be had.
 */
const char *screen_open(void)
{
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return "is unknown here";
	if (!cursor_address || !clear_screen) {
		screen_close();
		return "cannot place its cursor";
	}
	atexit(screen_close);
	hold_resize();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	start_colors();
	return NULL;
}

/**
 * screen_close() - give the terminal back, if it is taken
 */
void screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

/**
 * screen_key() - wait for a key, or for another size of the terminal
 * @ms: how long at most
 *
 * Return: the key, as curses names it, SCREEN_NO_KEY or SCREEN_GONE.
 */
int screen_key(int ms)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec most = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L,
	};
	int key = getch();

	if (key == ERR) {
		ppoll(&in, 1, &most, &all_signals);
		key = getch();
	}
	if (key == KEY_RESIZE)
		return SCREEN_NO_KEY;
	if (key == ERR)
		return in.revents ? SCREEN_GONE : SCREEN_NO_KEY;
	return key;
}

/**
 * screen_shade() - what is written from now on is such
 */
void screen_shade(enum shade shade)
{
	attrset(colors ? shades[shade].colored | COLOR_PAIR(shade) :
		shades[shade].plain);
}
