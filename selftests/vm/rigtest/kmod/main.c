// SPDX-License-Identifier: GPL-2.0-only
/* A module that misbehaves on demand: write a word to /proc/rigtest. Loaded
 * only by selftests/vm/check-rig, to see that the rig notices.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);
static int __rcu *protected;
static struct kmem_cache *cache;
static bool warn_on_exit;
static unsigned int counter;

static void do_warn(void)
{
	WARN_ON(1);
}

static void do_bug(void)
{
	BUG();
}

static void do_null(void)
{
	*(int volatile *)NULL = 1;
}

static void do_panic(void)
{
	panic("on purpose");
}

static void do_reboot(void)
{
	emergency_restart();
}

static void do_spin(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

static void do_leak(void)
{
	void *forgotten = kmalloc(333, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(forgotten);
}

static void do_cache_leak(void)
{
	void *forgotten = kmem_cache_alloc(cache, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(forgotten);
}

/* The order of the locks, once this way and once that */
static void do_abba(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);

	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

static void do_atomic_sleep(void)
{
	spin_lock(&lock_a);
	might_sleep();
	spin_unlock(&lock_a);
}

static void do_rcu(void)
{
	(void)rcu_dereference(protected);
}

static void do_overrun(void)
{
	char *short_one = kmalloc(10, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(short_one);
	if (short_one)
		short_one[12] = 1;
	kfree(short_one);
}

static void do_shift(void)
{
	int shift = 40;
	int value = 1;

	OPTIMIZER_HIDE_VAR(shift);
	value <<= shift;
	OPTIMIZER_HIDE_VAR(value);
}

/* Written by two processes at once it is a race */
static void do_race(void)
{
	unsigned long end = jiffies + 2 * HZ;

	while (time_before(jiffies, end)) {
		counter++;
		barrier();
	}
}

static void do_warn_on_exit(void)
{
	warn_on_exit = true;
}

static void do_hold(void)
{
	__module_get(THIS_MODULE);
}

static const struct {
	const char *word;
	void (*act)(void);
} acts[] = {
	{ "warn", do_warn },
	{ "bug", do_bug },
	{ "null", do_null },
	{ "panic", do_panic },
	{ "reboot", do_reboot },
	{ "spin", do_spin },
	{ "leak", do_leak },
	{ "cache-leak", do_cache_leak },
	{ "abba", do_abba },
	{ "atomic-sleep", do_atomic_sleep },
	{ "rcu", do_rcu },
	{ "overrun", do_overrun },
	{ "shift", do_shift },
	{ "race", do_race },
	{ "warn-on-exit", do_warn_on_exit },
	{ "hold", do_hold },
};

static ssize_t write_word(struct file *file, const char __user *buf,
			  size_t len, loff_t *pos)
{
	char word[32] = {};
	int i;

	if (len >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, buf, len))
		return -EFAULT;
	for (i = 0; i < ARRAY_SIZE(acts); i++) {
		if (sysfs_streq(acts[i].word, word)) {
			acts[i].act();
			return len;
		}
	}
	return -EINVAL;
}

static const struct proc_ops rigtest_ops = {
	.proc_write = write_word,
};

static int __init rigtest_init(void)
{
	cache = kmem_cache_create("rigtest", 100, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	if (!proc_create("rigtest", 0200, NULL, &rigtest_ops)) {
		kmem_cache_destroy(cache);
		return -ENOMEM;
	}
	return 0;
}

static void __exit rigtest_exit(void)
{
	remove_proc_entry("rigtest", NULL);
	kmem_cache_destroy(cache);
	WARN_ON(warn_on_exit);
}

module_init(rigtest_init);
module_exit(rigtest_exit);
MODULE_DESCRIPTION("A module that misbehaves on demand");
MODULE_LICENSE("GPL");
