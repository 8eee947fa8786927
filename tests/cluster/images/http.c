/* Owns: the stand-in for the todo images: a web server that answers GET / and GET /health with 200.
 * Settings come from the environment: PORT, NAME, VERSION. Logs each request, as the real ones do.
 * Refuses: anything but a first line of a request; it is not the application. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL ? value : otherwise;
}

static void stop(int sig)
{
    (void)sig;
    _exit(0);
}

static void answer(int client, const char *name, const char *version)
{
    char request[4096], body[256], head[256];
    ssize_t got = read(client, request, sizeof request - 1);
    if (got <= 0)
        return;
    request[got] = '\0';
    request[strcspn(request, "\r\n")] = '\0';
    int ok = strncmp(request, "GET / ", 6) == 0 || strncmp(request, "GET /health ", 12) == 0;
    int body_length = snprintf(body, sizeof body, "{\"status\":\"%s\",\"name\":\"%s\",\"version\":\"%s\"}\n",
                               ok ? "ok" : "not found", name, version);
    int head_length = snprintf(head, sizeof head,
                               "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                               "Content-Length: %d\r\nConnection: close\r\n\r\n",
                               ok ? "200 OK" : "404 Not Found", body_length);
    if (write(client, head, (size_t)head_length) < 0 || write(client, body, (size_t)body_length) < 0)
        return;
    printf("\"%.120s\" %d\n", request, ok ? 200 : 404);
}

/* So that `kubectl top` shows a figure above 0Mi. */
static char ballast[8 << 20];

int main(void)
{
    const char *name = setting("NAME", "todo"), *version = setting("VERSION", "0"), *port = setting("PORT", "8000");
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((unsigned short)strtol(port, NULL, 10))};
    int one = 1, server = socket(AF_INET, SOCK_STREAM, 0);

    memset(ballast, 1, sizeof ballast);
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, stop); /* process 1 has no default action: without this a pod takes 30 s to end */
    signal(SIGINT, stop);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (server < 0 || bind(server, (struct sockaddr *)&at, sizeof at) != 0 || listen(server, 64) != 0) {
        perror("listen");
        return 1;
    }
    printf("%s %s (stand-in) listening on port %s\n", name, version, port);
    for (;;) {
        int client = accept(server, NULL, NULL);
        struct timeval patience = {.tv_sec = 2};
        if (client < 0)
            continue;
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        answer(client, name, version);
        close(client);
    }
}
