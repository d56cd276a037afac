# make install, uninstall. PREFIX (/usr/local) is where it will live, DESTDIR
# is put before it (for packages).

BINDIR   = $(DESTDIR)$(PREFIX)/bin
LIBDIR   = $(DESTDIR)$(PREFIX)/lib
INCDIR   = $(DESTDIR)$(PREFIX)/include
SHAREDIR = $(DESTDIR)$(PREFIX)/share/usher
UNITDIR  = $(DESTDIR)$(PREFIX)/lib/systemd/system

# What users read and edit; what editors want beside it.
SHARED := $(sort $(shell find flows include/lua -type f 2>/dev/null)) \
          $(wildcard .luarc.json examples/.env.example)

install: build ## install program, library, header, flows and service
ifneq ($(PROGRAM),)
	install -D -m 755 $(PROGRAM) $(BINDIR)/usher
endif
	install -D -m 644 $(LIBRARY) $(LIBDIR)/libusher.a
	$(if $(wildcard include/usher.h),install -D -m 644 include/usher.h $(INCDIR)/usher.h)
	@mkdir -p $(LIBDIR)/pkgconfig
	@printf '%s\n' 'prefix=$(PREFIX)' 'Name: usher' \
	    'Description: the front desk of a live chat on Zoho SalesIQ' \
	    'Version: $(VERSION)' 'Requires: $(PACKAGES)' \
	    'Libs: -L$${prefix}/lib -lusher -lm -pthread' \
	    'Cflags: -I$${prefix}/include -pthread' > $(LIBDIR)/pkgconfig/usher.pc
	@for file in $(SHARED); do \
	    install -D -m 644 "$$file" "$(SHAREDIR)/$${file#examples/}" || exit 1; \
	done
	@mkdir -p $(UNITDIR)
	@sed 's|@PREFIX@|$(PREFIX)|g' examples/systemd/usher.service \
	    > $(UNITDIR)/usher.service

uninstall: ## remove what install put there
	rm -f $(BINDIR)/usher $(LIBDIR)/libusher.a $(INCDIR)/usher.h \
	    $(LIBDIR)/pkgconfig/usher.pc $(UNITDIR)/usher.service
	rm -rf $(SHAREDIR)
