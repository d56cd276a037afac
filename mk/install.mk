# make install, uninstall. PREFIX (/usr/local) is where it will live, DESTDIR
# is put before it (for packages). The folders of the service stand in its unit;
# ETCDIR, STATEDIR and RUNDIR are for machines that have them elsewhere.
ETCDIR   ?= /etc/usher
STATEDIR ?= /var/lib/usher
RUNDIR   ?= /run/usher

BINDIR   = $(DESTDIR)$(PREFIX)/bin
LIBDIR   = $(DESTDIR)$(PREFIX)/lib
INCDIR   = $(DESTDIR)$(PREFIX)/include
SHAREDIR = $(DESTDIR)$(PREFIX)/share/usher
UNITDIR  = $(DESTDIR)$(PREFIX)/lib/systemd/system

# What users read and edit; what editors want beside it.
SHARED := $(sort $(shell find flows spec include/lua -type f 2>/dev/null)) \
          $(wildcard .luarc.json examples/.env.example)

PLACES = -e 's|@PREFIX@|$(PREFIX)|g' -e 's|/etc/usher|$(ETCDIR)|g' \
         -e 's|/var/lib/usher|$(STATEDIR)|g' -e 's|/run/usher|$(RUNDIR)|g'
# What the unit gives the service, for the commands (engine/cli/place.c).
GIVEN = -e 's|^ExecStart=.* --env \(.*\)|USHER_ENV=\1|p' \
        -e 's|^EnvironmentFile=-\(.*\)|USHER_DEFAULTS=\1|p' \
        -e '/^Environment=/{s///;s| |\n|g;p;}'

install: build ## install program, library, header, flows and service
ifneq ($(PROGRAM),)
	install -D -m 755 $(PROGRAM) $(BINDIR)/usher
endif
	install -D -m 644 $(LIBRARY) $(LIBDIR)/libusher.a
	$(if $(wildcard include/usher.h),install -D -m 644 include/usher.h $(INCDIR)/usher.h)
	@mkdir -p $(LIBDIR)/pkgconfig
	@printf '%s\n' 'prefix=$${pcfiledir}/../..' 'Name: usher' \
	    'Description: the front desk of a live chat on Zoho SalesIQ' \
	    'Version: $(VERSION)' 'Requires: $(PACKAGES)' \
	    'Libs: -L$${prefix}/lib -lusher -lm -pthread' \
	    'Cflags: -I$${prefix}/include -pthread' > $(LIBDIR)/pkgconfig/usher.pc
	@for file in $(SHARED); do \
	    install -D -m 644 "$$file" "$(SHAREDIR)/$${file#examples/}" || exit 1; \
	done
	@mkdir -p $(UNITDIR)
	@sed $(PLACES) examples/systemd/usher.service > $(UNITDIR)/usher.service
	@sed $(PLACES) examples/systemd/support.conf > $(SHAREDIR)/support.conf
	@sed -n $(GIVEN) $(UNITDIR)/usher.service > $(SHAREDIR)/service.env

uninstall: ## remove what install put there
	rm -f $(BINDIR)/usher $(LIBDIR)/libusher.a $(INCDIR)/usher.h \
	    $(LIBDIR)/pkgconfig/usher.pc $(UNITDIR)/usher.service
	rm -rf $(SHAREDIR)
