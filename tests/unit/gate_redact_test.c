/* The redactor: every pattern with its near misses, Secrets in all their forms, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "opsh/base/str.h"
#include "opsh/catalog/tool.h"
#include "opsh/gate/redact.h"

#define AUTO_REDACT OP_AUTO(freep) struct op_redact

static void freep(struct op_redact **r)
{
    op_redact_free(*r);
}

static char *redact(struct op_redact *r, const char *text)
{
    OP_AUTO_BUF out = OP_BUF_INIT, back = OP_BUF_INIT;
    op_redact_text(r, text, strlen(text), &out);
    op_redact_restore(r, op_buf_str(&out), out.len, &back);
    assert_string_equal(op_buf_str(&back), text); /* always the way back */
    OP_AUTO_BUF again = OP_BUF_INIT;
    op_redact_text(r, op_buf_str(&out), out.len, &again);
    assert_string_equal(op_buf_str(&again), op_buf_str(&out)); /* and doing it twice changes nothing */
    return op_buf_steal(&out);
}

/* Text with one secret between « and »: it is replaced, and nothing else is. */
static void hides(const char *marked)
{
    const char *from = strstr(marked, "«"), *to = strstr(marked, "»");
    assert_non_null(from);
    OP_AUTO_FREE char *text =
        op_asprintf("%.*s%.*s%s", (int)(from - marked), marked, (int)(to - from - 2), from + 2, to + 2);
    OP_AUTO_FREE char *want = op_asprintf("%.*s[[opsh-secret-1]]%s", (int)(from - marked), marked, to + 2);
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_FREE char *got = redact(r, text);
    if (strcmp(got, want) != 0)
        print_error("of: %s\ngot: %s\n", text, got);
    assert_string_equal(got, want);
}

static void leaves(const char *text)
{
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_FREE char *got = redact(r, text);
    assert_string_equal(got, text);
}

static void tokens_by_shape(void **state)
{
    (void)state;
    hides("key «sk-proj-Ab3dEf6hIj9lMn2pQr5t» here");
    hides("«sk-1234567890abcdef1234567890abcdef»");
    leaves("pod sk-learn-deployment-7c9d8f6b5-x2x4z runs");
    leaves("task-runner-1234567890abcdef disk-0");
    hides("«ghp_1234567890abcdefghijABCDEFGHIJ123456»");
    leaves("ghp_short");
    hides("«github_pat_11ABCDEFG0abcdefghijkl_mnop»");
    hides("id «AKIAIOSFODNN7EXAMPLE».");
    leaves("AKIAIOSFODNN7EXAMPLELONGER AKIA-TEAM akiaiosfodnn7example");
    hides("«xoxb-123456789012-abcdefGHIJ»");
    leaves("xoxo-hugs-and-kisses");
    hides("«AIzaSyA1234567890abcdefghijklmnopqrstuv»");
    hides("«glpat-Ab3dEf6hIj9lMn2pQr5t»");
    leaves("glpat-runner-deployment-abc");
    hides("«hf_abcdefghijklmnopqrstuvwxyzABCDEFGH»");
    leaves("hf_model_name_with_parts_in_it");
    hides("«eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl»");
    leaves("continue: eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTIzfQ"); /* not a JWT: where a list goes on */
    hides("ca: «LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSQ==»");
}

static void pem_blocks(void **state)
{
    (void)state;
    hides("a\n«-----BEGIN RSA PRIVATE KEY-----\nMIIEabc+/=\nxyz\n-----END RSA PRIVATE KEY-----»\nb");
    hides("«-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----»\\n");
    hides("cut: «-----BEGIN PRIVATE KEY-----\nMIIEabc\nzzzz»");
    leaves("-----BEGINNING----- of a log");
}

static void urls_and_headers(void **state)
{
    (void)state;
    hides("postgres://app:«s3cr3t»@db:5432/shop");
    hides("redis://:«p@ss:w0rd»@cache:6379");
    leaves("http://registry:5000/team/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    leaves("https://example.com:8443/a?b=c mail a@b.c:1");
    leaves("https://user@host/repo.git");
    hides("https://«Ab3dEf6hIj9lMn2pQr5t»@git.example/repo.git");
    hides("Authorization: Bearer «abc123def456ghi»\n");
    hides("authorization: Basic «dXNlcjpwYXNz»\n");
    hides("curl -H 'Authorization: Bearer «Abc.Def-123456»' x");
    leaves("bearer authentication is on, basic settings too");
}

static void named_values(void **state)
{
    (void)state;
    hides("DB_PASSWORD=«correct horse; battery»\nHOME=/root");
    hides("      DB_PASSWORD:  «hunter2»\n");
    hides("{\"password\": \"«a\\\"b»\", \"x\": 1}");
    hides("password: '«hunter2»'");
    hides("level=info password=«x1y2z3», user=bob");
    hides("GET /x?api_key=«abcdef»&page=2 200");
    hides("login with password «hunter2» please");
    hides("the password is «Tr0ub4dor»");
    hides("mysql --password «hunter2» -u root");
    hides("[\"mysql\", \"--password\", \"«hunter2»\"]");
    hides("kubectl create secret generic db --from-literal=password=«hunter2»");
    hides("- name: DB_PASSWORD\n  value: «hunter two»\n- name: X\n  value: y");
    hides("{\"name\": \"API_TOKEN\",\n \"value\": \"«abc»\"}");
    hides("export AWS_SECRET_ACCESS_KEY=«wJalrXUtnFEMI/K7MDENG»");
    hides("SECRET_KEY_BASE=«abcdef»");
    hides("DATABASE_DSN=«app:pw@tcp(db:3306)/shop»");
    hides("<password>«hunter2»</password>");
    hides("{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"«dXNlcjpwYXNz»\"}}}");
    hides("client-key-data: «bm90IHJlYWxseQ»");
    hides("password: |\n  «line one\n  line two»\nnext: x");
    hides("token=«abc»");
}

static void names_that_are_no_secrets(void **state)
{
    (void)state;
    leaves("secretName: db-creds\nsecretKeyRef:\n  key: password\n  name: db-creds\n");
    leaves("DB_PASSWORD:  <set to the key 'password' in secret 'db-creds'>  Optional: false");
    leaves("automountServiceAccountToken: false\ntokenExpirationSeconds: 3607\nimagePullSecrets:\n- name: regcred\n");
    leaves("{\"usage\":{\"prompt_tokens\":12,\"tokens\":99},\"max_tokens\":4096,\"token_type\":\"bearer\"}");
    leaves("PWD=/Users/Ann B\nOLDPWD=/home\nTOKEN_FILE=/var/run/secrets/token\nSECRET_NAME=db");
    leaves("GOOGLE_APPLICATION_CREDENTIALS=/var/run/creds.json");
    leaves("password:  16 bytes\ntoken:     7 bytes\n");
    leaves("FATAL: password authentication failed for user \"app\"");
    leaves("error: invalid password: incorrect");
    leaves("failed to get token: unauthorized");
    leaves("MountVolume.SetUp failed for volume \"db\" : secret \"db-creds\" not found");
    leaves("Mountable secrets:   <none>\nTokens:              <none>\n");
    leaves("secret/db-creds created\nsecret-operator: reconciling\nimage: team/token:v1");
    leaves("password=$(DB_PASSWORD) token=${TOKEN} secret={{ .Values.secret }} password=**** password=…");
    leaves("PASSWORD=\ntoken: null\nsecret: \"\"\n");
}

static void ordinary_cluster_text(void **state)
{
    (void)state;
    leaves("nginx@sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac\n"
           "uid: 3d5a7c1e-8a7b-4c55-9c1d-0f6a2f3b4c5d\nresourceVersion: \"184467\"\n"
           "pod-template-hash: 7c9d8f6b5\ntodo-backend-7c9d8f6b5-x2x4z   1/1   Running   0   5m\n"
           "containerID: containerd://8f14e45fceea167a5a36dedd4bea2543b1f0a0f7a9d1d7c9d8f6b5x2x4z\n"
           "creationTimestamp: \"2026-01-31T12:00:00Z\"\nip: 10.244.0.17\n");
    leaves("apiVersion: v1\ndata:\n  mode: fast\n  colour: blue green\nkind: ConfigMap\nmetadata:\n  name: app\n");
    leaves("{\"kind\":\"ConfigMap\",\"data\":{\"mode\":\"fast\"},\"metadata\":{\"name\":\"secret-ish\"}}");
}

static void lacks(const char *text, const char *secret)
{
    if (strstr(text, secret) != NULL)
        print_error("\"%s\" is in: %s\n", secret, text);
    assert_null(strstr(text, secret));
}

/* hunter2-primary is aHVudGVyMi1wcmltYXJ5. */
static void secrets_in_yaml(void **state)
{
    (void)state;
    hides("apiVersion: v1\ndata:\n  password: «aHVudGVyMi1wcmltYXJ5»\nkind: Secret\nmetadata:\n  name: db\n");
    hides("kind: Secret\nmetadata:\n  name: db\nstringData:\n  pin: «4711»\ntype: Opaque\n");
    hides("- apiVersion: v1\n  data:\n    a.b: «Zm9vYmFyYmF6»\n  kind: Secret\n- apiVersion: v1\n  data:\n    a: keep "
          "me\n"
          "  kind: ConfigMap\n");
    hides("kind: Secret\nstringData:\n  conf: |\n    «user: bob\n    more»\n  \nmetadata: {}\n");
    hides("type: Opaque\ndata:\n  p: \"«NDcxMQ==»\"\n");
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_FREE char *first =
        redact(r, "data:\n  password: aHVudGVyMi1wcmltYXJ5\n  username: YWRtaW4tdXNlcg==\nkind: Secret\n");
    assert_string_equal(first, "data:\n  password: [[opsh-secret-1]]\n  username: [[opsh-secret-2]]\nkind: Secret\n");
    OP_AUTO_FREE char *log = redact(r, "connected with hunter2-primary as admin-user, aHVudGVyMi1wcmltYXJ5 encoded");
    assert_string_equal(log, "connected with [[opsh-secret-3]] as admin-user, [[opsh-secret-1]] encoded");
}

static void secrets_in_json(void **state)
{
    (void)state;
    hides("{\"apiVersion\":\"v1\",\"data\":{\"password\":\"«aHVudGVyMi1wcmltYXJ5»\"},\"kind\":\"Secret\"}");
    hides("{\n  \"items\": [ {\n \"data\": { \"pin\": \"«NDcxMQ==»\" }, \"metadata\": {\"name\": \"x\"}, \"type\": "
          "\"Opaque\" } ]\n}");
    hides("{\"kind\":\"SecretList\",\"items\":[{\"metadata\":{\"name\":\"a\"},\"data\":{\"pin\":\"«NDcxMQ==»\"}}]}");
    hides("{\"data\":{\"pin\":\"«NDcxMQ==»\"},\"kind\":\"Sec"); /* cut off */
    hides("note {\"last\":\"{\\\"data\\\":{\\\"pin\\\":\\\"«NDcxMQ==»\\\"},\\\"kind\\\":\\\"Secret\\\"}\\n\"}");
    hides("{\"manifest\":\"kind: Secret\\nstringData:\\n  pin: «4711»\\n\"}");
}

static void every_form_of_a_known_value(void **state)
{
    (void)state;
    AUTO_REDACT *r = op_redact_new();
    static const char value[] = "pa\"ss<w0rd>&x\n";
    op_redact_learn(r, value, sizeof(value) - 1);
    static const char *const forms[] = {
        "pa\"ss<w0rd>&x",                     /* without its newline */
        "cGEic3M8dzByZD4meAo=",               /* base64 */
        "cGEic3M8dzByZD4meA",                 /* of the shorter one */
        "pa\\\"ss<w0rd>&x",                   /* in JSON */
        "pa\\\"ss\\u003cw0rd\\u003e\\u0026x", /* in Go's JSON */
        "pa%22ss%3Cw0rd%3E%26x",              /* in an URL */
    };
    for (size_t i = 0; i < OP_LEN(forms); i++) {
        OP_AUTO_FREE char *text = op_asprintf("xx%syy", forms[i]);
        OP_AUTO_FREE char *got = redact(r, text);
        lacks(got, "w0rd");
        lacks(got, "c3M8dzByZD4m");
        assert_non_null(strstr(got, "[[opsh-secret-"));
    }
    /* inside something longer that was encoded as a whole, at each alignment */
    static const char *const longer[] = { "dTpwYSJzczx3MHJkPiZ4",
                                          "dXM6cGEic3M8dzByZD4meA==", "dXNlcjpwYSJzczx3MHJkPiZ4" };
    for (size_t i = 0; i < OP_LEN(longer); i++) {
        OP_AUTO_FREE char *got = redact(r, longer[i]);
        assert_non_null(strstr(got, "[[opsh-secret-"));
        assert_true(strlen(got) < sizeof("[[opsh-secret-99]]") + 10);
    }
}

static void a_configuration_inside_a_secret(void **state)
{
    (void)state;
    AUTO_REDACT *r = op_redact_new();
    /* .dockerconfigjson: {"auths":{"r":{"username":"u","password":"Dock3rPass"}}} */
    OP_AUTO_FREE char *first =
        redact(r, "kind: Secret\ndata:\n  .dockerconfigjson: "
                  "eyJhdXRocyI6eyJyIjp7InVzZXJuYW1lIjoidSIsInBhc3N3b3JkIjoiRG9jazNyUGFzcyJ9fX0=\n");
    lacks(first, "eyJ");
    OP_AUTO_FREE char *then = redact(r, "login failed with Dock3rPass today");
    assert_string_equal(then, "login failed with [[opsh-secret-2]] today");
}

static void same_value_same_placeholder(void **state)
{
    (void)state;
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_FREE char *got = redact(r, "password=alpha1\ntoken=beta22\npassword=alpha1\n");
    assert_string_equal(got, "password=[[opsh-secret-1]]\ntoken=[[opsh-secret-2]]\npassword=[[opsh-secret-1]]\n");
}

static void foreign_text_names_no_secret(void **state)
{
    (void)state;
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_FREE char *first = redact(r, "password=alpha1");
    OP_AUTO_BUF out = OP_BUF_INIT, back = OP_BUF_INIT;
    static const char log[] = "now annotate with [[opsh-secret-1]]";
    op_redact_output(r, false, NULL, log, sizeof(log) - 1, &out);
    assert_string_equal(op_buf_str(&out), "now annotate with [[opsh-secret-2]]");
    op_redact_restore(r, op_buf_str(&out), out.len, &back);
    assert_string_equal(op_buf_str(&back), log);
}

static void bare_values(void **state)
{
    (void)state;
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_BUF out = OP_BUF_INIT;
    static const char text[] = "aHVudGVyMi1wcmltYXJ5 4711\nError from server (NotFound): secrets \"b\" not found\n";
    op_redact_output(r, true, NULL, text, sizeof(text) - 1, &out);
    assert_string_equal(op_buf_str(&out), "[[opsh-secret-1]] [[opsh-secret-2]]\n"
                                          "Error from server (NotFound): secrets \"b\" not found\n");
    OP_AUTO_FREE char *later = redact(r, "it was hunter2-primary");
    assert_string_equal(later, "it was [[opsh-secret-3]]");
}

/* A short value is not looked for everywhere; what was put into a command must not come back in its error. */
static void short_values_do_not_come_back(void **state)
{
    (void)state;
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_FREE char *first = redact(r, "password=q7%w and production\n");
    OP_AUTO_BUF out = OP_BUF_INIT, other = OP_BUF_INIT;
    static const char text[] = "pods \"q7%w and production\" not found";
    OP_AUTO_STRV argv = OP_STRV_INIT;
    op_strv_push(&argv, "kubectl");
    op_strv_push(&argv, "q7%w and production");
    op_redact_output(r, false, &argv, text, sizeof(text) - 1, &out);
    assert_string_equal(op_buf_str(&out), "pods \"[[opsh-secret-1]]\" not found");
    OP_AUTO_FREE char *pin = redact(r, "password=q7%w\n");
    op_strv_push(&argv, "q7%w");
    op_redact_output(r, false, NULL, "no q7%w here", 12, &other);
    assert_string_equal(op_buf_str(&other), "no q7%w here"); /* too short to be looked for */
    op_buf_trunc(&other, 0);
    op_redact_output(r, false, &argv, "no q7%w here", 12, &other);
    assert_string_equal(op_buf_str(&other), "no [[opsh-secret-2]] here");
}

static void json_bodies(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_BUF body = OP_BUF_INIT;
    op_buf_adds(&body, "{\"n\":12,\"messages\":[{\"content\":\"use password hunter2 now\"},{\"arguments\":"
                       "\"{\\\"from\\\":{\\\"password\\\":\\\"hunter2\\\",\\\"token\\\":12}}\"}]}");
    assert_true(op_redact_json(r, &body, &err));
    assert_string_equal(op_buf_str(&body),
                        "{\"n\":12,\"messages\":[{\"content\":\"use password [[opsh-secret-1]] now\"},{\"arguments\":"
                        "\"{\\\"from\\\":{\\\"password\\\":\\\"[[opsh-secret-1]]\\\",\\\"token\\\":12}}\"}]}");
    op_buf_trunc(&body, 0);
    op_buf_adds(&body, "{\"arguments\":\"{\\\"password\\\": 123456}\"}");
    assert_true(op_redact_json(r, &body, &err)); /* a number leaves no JSON behind */
    assert_string_equal(op_buf_str(&body), "{\"arguments\":\"{}\"}");
    op_buf_trunc(&body, 0);
    op_buf_adds(&body, "{\"password\": hunter2");
    assert_false(op_redact_json(r, &body, &err));
    assert_string_equal(op_buf_str(&body), "");
}

static void restored_arguments(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    AUTO_REDACT *r = op_redact_new();
    op_redact_learn(r, "a\"b\\c$(x)", 9);
    OP_AUTO_FREE char *seen = redact(r, "is a\"b\\c$(x) fine");
    assert_string_equal(seen, "is [[opsh-secret-1]] fine");
    static const char args[] =
        "{\"data\":{\"k\":\"[[opsh-secret-1]]\"},\"list\":[\"x[[opsh-secret-1]]\",\"[[opsh-secret-9]]\"],\"n\":3}";
    OP_AUTO_JSON *j = op_json_parse(args, sizeof(args) - 1, OP_JSON_UNIQUE, &err);
    OP_AUTO_JSON *real = op_redact_restore_json(r, j);
    assert_string_equal(op_json_str(real, "data.k"), "a\"b\\c$(x)");
    assert_string_equal(op_json_text(op_json_first(op_json_get(real, "list"))), "xa\"b\\c$(x)");
    assert_string_equal(op_json_text(op_json_next(op_json_first(op_json_get(real, "list")))), "[[opsh-secret-9]]");
    assert_int_equal(op_json_int_or(real, "n", 0), 3);
}

static void own_patterns(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    AUTO_REDACT *r = op_redact_new();
    assert_true(op_redact_add_pattern(r, "customer-[0-9]{6}", &err));
    assert_true(op_redact_add_pattern(r, "iban ([A-Z0-9]+)", &err));
    OP_AUTO_FREE char *got = redact(r, "of customer-123456, iban DE02 and\ncustomer-12");
    assert_string_equal(got, "of [[opsh-secret-1]], iban [[opsh-secret-2]] and\ncustomer-12");
    static const char *const bad[] = { "(", "x*", "(a)\\1" };
    for (size_t i = 0; i < OP_LEN(bad); i++) {
        assert_false(op_redact_add_pattern(r, bad[i], &err));
        assert_int_equal(err.code, OP_CONFIG);
    }
}

static void streams_in_any_pieces(void **state)
{
    (void)state;
    static const char text[] = "data:\n  password: aHVudGVyMi1wcmltYXJ5\nkind: Secret\n---\nlog: hunter2-primary "
                               "sk-proj-Ab3dEf6hIj9lMn2pQr5t\n";
    for (size_t size = 1; size < sizeof(text); size++) {
        AUTO_REDACT *r = op_redact_new();
        OP_AUTO_BUF out = OP_BUF_INIT;
        struct op_redact_stream s = { .r = r };
        for (size_t at = 0; at < sizeof(text) - 1; at += size)
            op_redact_feed(&s, text + at, sizeof(text) - 1 - at < size ? sizeof(text) - 1 - at : size);
        op_redact_end(&s, &out);
        assert_string_equal(op_buf_str(&out),
                            "data:\n  password: [[opsh-secret-1]]\nkind: Secret\n---\nlog: [[opsh-secret-2]] "
                            "[[opsh-secret-3]]\n");
    }
}

/* What is sent with every request holds nothing that could pass for a secret. */
static void the_catalogue_survives(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    struct op_catalog cat;
    assert_true(op_catalog_load(NULL, &cat, &err));
    OP_AUTO_JSON *schema = op_json_array();
    for (size_t i = 0; i < cat.n_tools; i++)
        op_json_push(schema, op_tool_schema(&cat.tools[i], NULL));
    OP_AUTO_FREE char *text = op_json_print(schema, false);
    AUTO_REDACT *r = op_redact_new();
    OP_AUTO_BUF body = OP_BUF_INIT;
    op_buf_adds(&body, text);
    assert_true(op_redact_json(r, &body, &err));
    assert_string_equal(op_buf_str(&body), text);
    op_catalog_free(&cat);
}

static void commands_that_print_bare_values(void **state)
{
    (void)state;
    static const struct {
        const char *argv[8];
        bool bare;
    } cases[] = {
        { { "kubectl", "get", "secret", "db", "-o", "jsonpath={.data.password}" }, true },
        { { "kubectl", "get", "secret", "db", "--output=go-template={{.data}}" }, true },
        { { "kubectl", "get", "pods,secrets", "-ojsonpath={..data}" }, true },
        { { "kubectl", "get", "secrets", "-o", "custom-columns=A:.data" }, true },
        { { "kubectl", "get", "secret", "db", "-o", "yaml" }, false },
        { { "kubectl", "get", "secret", "db", "-ojson" }, false },
        { { "kubectl", "get", "secrets" }, false },
        { { "kubectl", "get", "pods", "-o", "jsonpath={..name}" }, false },
        { { "helm", "get", "values", "web" }, false },
    };
    struct op_err err = OP_ERR_INIT;
    struct op_catalog cat;
    assert_true(op_catalog_load(NULL, &cat, &err));
    for (size_t i = 0; i < OP_LEN(cases); i++) {
        OP_AUTO_STRV argv = OP_STRV_INIT;
        struct op_verdict v;
        for (size_t k = 0; cases[i].argv[k] != NULL; k++)
            op_strv_push(&argv, cases[i].argv[k]);
        op_gate_classify(&cat, &argv, NULL, &v);
        if (op_redact_is_bare(&argv, &v) != cases[i].bare)
            fail_msg("%s %s %s", argv.v[1], argv.v[2], argv.v[argv.n - 1]);
    }
    op_catalog_free(&cat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_by_shape),
        cmocka_unit_test(pem_blocks),
        cmocka_unit_test(urls_and_headers),
        cmocka_unit_test(named_values),
        cmocka_unit_test(names_that_are_no_secrets),
        cmocka_unit_test(ordinary_cluster_text),
        cmocka_unit_test(secrets_in_yaml),
        cmocka_unit_test(secrets_in_json),
        cmocka_unit_test(every_form_of_a_known_value),
        cmocka_unit_test(a_configuration_inside_a_secret),
        cmocka_unit_test(same_value_same_placeholder),
        cmocka_unit_test(foreign_text_names_no_secret),
        cmocka_unit_test(bare_values),
        cmocka_unit_test(short_values_do_not_come_back),
        cmocka_unit_test(json_bodies),
        cmocka_unit_test(restored_arguments),
        cmocka_unit_test(own_patterns),
        cmocka_unit_test(streams_in_any_pieces),
        cmocka_unit_test(the_catalogue_survives),
        cmocka_unit_test(commands_that_print_bare_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
