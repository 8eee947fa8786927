/* Loads libcurl on first use. */
#define OP_CURL_LIB_ITSELF
#include "curl_lib.h"

#ifdef OPSH_CURL_LINKED

bool op_curl_load(struct op_err *err)
{
    (void)err;
    return true;
}

#else

#include <dlfcn.h>

struct op_curl op_curl;

static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4" };

/* A function's address out of a void pointer, the way POSIX wants it. */
static bool find(void *library, const char *name, void *out)
{
    void *address = dlsym(library, name);
    memcpy(out, &address, sizeof(address));
    return address != NULL;
}

bool op_curl_load(struct op_err *err)
{
    static bool loaded;
    void *library = NULL;
    for (size_t i = 0; !loaded && library == NULL && i < sizeof(names) / sizeof(names[0]); i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (loaded)
        return true;
    if (library == NULL)
        return op_fail(err, OP_NETWORK, 0,
                       "libcurl is not installed, so no model can be asked (Debian: apt-get install libcurl4)");
    loaded = true;
#define X(name) loaded = find(library, #name, &op_curl.name##_) && loaded;
    OP_CURL_CALLS(X)
#undef X
    return loaded || op_fail(err, OP_NETWORK, 0, "libcurl is too old: opsh needs 7.85 or newer");
}

#endif
