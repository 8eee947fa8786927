/* The examination's pure parts: which system this is, how things are installed there, what a version looks like. */
#include "opsh/run/doctor.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void systems(void **state)
{
    static const struct {
        const char *release, *sysname, *is;
    } rows[] = {
        { "NAME=\"Debian GNU/Linux\"\nID=debian\n", "Linux", "debian" },
        { "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "Linux", "debian" },
        { "ID=ubuntu\n", "Linux", "debian" },
        { "ID=fedora\n", "Linux", "fedora" },
        { "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "Linux", "fedora" },
        { "ID=arch\nNAME=\"not debian\"\n", "Linux", "" },
        { "VARIANT_ID=debian\nID=alpine\n", "Linux", "" },
        { "", "Darwin", "macos" },
        { "ID=debian\n", "Darwin", "macos" },
        { "", "MINGW64_NT-10.0", "windows" },
        { "", "Linux", "" },
    };
    (void)state;
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (!op_str_eq(op_doctor_system(rows[i].release, rows[i].sysname, ""), rows[i].is))
            fail_msg("row %zu is not \"%s\"", i, rows[i].is);
}

static void each_program_can_be_had_everywhere(void **state)
{
    static const char *const programs[] = { "docker", "minikube", "kubectl", "helm" }, *const places[] = {
        "", "debian", "fedora", "macos", "windows"
    };
    (void)state;
    for (size_t p = 0; p < OP_LEN(programs); p++)
        for (size_t i = 0; i < OP_LEN(places); i++)
            for (size_t k = 0; k < i; k++) {
                assert_non_null(op_doctor_install(programs[p], places[i]));
                assert_string_not_equal(op_doctor_install(programs[p], places[i]),
                                        op_doctor_install(programs[p], places[k]));
            }
    assert_non_null(strstr(op_doctor_install("docker", "debian"), "apt-get install docker.io"));
    assert_non_null(strstr(op_doctor_install("helm", "macos"), "brew install helm"));
    assert_null(op_doctor_install("vim", "debian"));
}

static void versions(void **state)
{
    static const struct {
        const char *text, *is;
    } rows[] = {
        { "Docker version 27.5.1+dfsg4, build cab968b3", "27.5.1" },
        { "minikube version: v1.35.0\ncommit: dd5d320e41b5451cdf3c01891bc4e13d189586ed-dirty\n", "1.35.0" },
        { "Client Version: v1.33.1\nKustomize Version: v5.6.0\n", "1.33.1" },
        { "version.BuildInfo{Version:\"v3.17.0\", GitCommit:\"301108edc7ac2a8ba79e4ebf5701b0b6ce6a31e4\"}", "3.17.0" },
        { "2 things, 3. of them: 4.5.", "4.5" },
        { "no version at all 17", "" },
        { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        char out[64];
        op_doctor_version(rows[i].text, out, sizeof(out));
        assert_string_equal(out, rows[i].is);
    }
}

static void only_what_is_needed_counts(void **state)
{
    struct op_checks c = { 0 };
    (void)state;
    op_checks_add(&c, "a", OP_CHECK_FINE, true, "1", NULL);
    op_checks_add(&c, "b", OP_CHECK_MISSING, false, "not found", "get it");
    assert_true(op_checks_fine(&c));
    op_checks_add(&c, "c", OP_CHECK_WARN, true, "old", NULL);
    assert_false(op_checks_fine(&c));
    op_checks_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems),
        cmocka_unit_test(each_program_can_be_had_everywhere),
        cmocka_unit_test(versions),
        cmocka_unit_test(only_what_is_needed_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
