# SPDX-License-Identifier: GPL-2.0-only
# Verbs of the project; each is one line into the folder that does the work.
# The module's objects are in Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
# of make torture; KERNEL=kcsan looks for data races, and for little else
SECONDS ?= 1800
KERNEL ?= debug

help:
	@echo 'make demo         see it steer real traffic, in a virtual machine'
	@echo 'make check        style, unit tests, the module'"'"'s selftests (installs what it needs)'
	@echo 'make check-debug  the selftests on a kernel full of checks'
	@echo 'make check-daemon daemon, agents, cluster, a pair of gateways: with real programs'
	@echo 'make check-kernels the selftests on each kernel of selftests/vm/kernels'
	@echo 'make check-packages install, use, upgrade and purge what make deb builds'
	@echo 'make torture      faults, churn, bad messages and packets, floods: SECONDS=$(SECONDS) KERNEL=$(KERNEL)'
	@echo 'make sim          how well servers are chosen and ports sized, next to others'
	@echo 'make bench        what a packet costs, next to what others need for it'
	@echo 'make reference    the page netlink.md, out of the netlink spec'
	@echo 'make vm           a root shell in the virtual machine, module loaded'
	@echo 'make setup        install the packages that the others need'
	@echo 'make module       portsteer.ko for KDIR=$(KDIR)'
	@echo 'make tool         tool/portsteer'
	@echo 'make install      module, tool, man pages, completion'
	@echo 'make deb          Debian packages of module, tool and agent, in build/deb'
	@echo 'make clean        remove what make module and make tool have built'

setup:
	@selftests/vm/setup

demo: setup tool
	@selftests/vm/run --timeout 900 -- selftests/demo

check: setup tool
	@selftests/check style tool sim unit stock

check-debug: setup tool
	@selftests/check debug

check-daemon: setup tool
	@selftests/check daemon sanitized

check-packages: setup tool
	@selftests/check packages

check-kernels: setup tool
	@selftests/check stock kernels

torture: setup tool
	@selftests/vm/run --kernel $(KERNEL) --append kunit.enable=0 --mem 2048 \
		--timeout $$((2 * $(SECONDS) + 1200)) -- \
		selftests/torture/torture $(SECONDS) $(SEED)

bench: setup tool
	@mkdir -p build/bench
	@selftests/vm/run --icount --mem 4096 --timeout 3000 \
		--out build/bench -- selftests/bench/bench
	@selftests/vm/run --out build/bench -- selftests/bench/scaling
	@selftests/bench/report build/bench/results | tee build/bench/results.md

sim: setup
	@selftests/sim/sim report build/sim

reference:
	@selftests/spec_page.py >Documentation/netlink.md.new
	@mv Documentation/netlink.md.new Documentation/netlink.md

vm: setup tool
	@selftests/vm/run

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tool:
	@$(MAKE) -s -C tool

install: module tool
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install
	$(MAKE) -C tool install
	depmod

deb: setup
	@tool/debian/build build/deb

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C tool clean

.PHONY: help setup demo check check-debug check-daemon check-kernels torture bench sim vm module tool install reference deb check-packages clean
