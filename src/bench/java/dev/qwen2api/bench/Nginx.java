package dev.qwen2api.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** nginx as a plain streaming proxy in front of the stand-in: what passing the bytes on costs at the least. */
final class Nginx implements AutoCloseable {

    private final Process process;
    private final int port;

    Nginx(String binary, Path folder, int upstreamPort) throws IOException {
        port = Ports.free();
        Path home = Files.createDirectories(folder.resolve("nginx"));
        Path config = Files.writeString(home.resolve("nginx.conf"), config(home, upstreamPort));
        process = new ProcessBuilder(binary, "-p", home.toString(), "-c", config.toString(), "-e", home + "/error.log")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("out").toFile())
                .start();
        Ports.awaitAnswer(port, "/", process);
    }

    private String config(Path home, int upstreamPort) {
        return """
                daemon off;
                worker_processes auto;
                worker_rlimit_nofile 20000;
                pid %1$s/pid;
                events { worker_connections 19000; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                  upstream qwen { server 127.0.0.1:%2$d; keepalive 512; keepalive_requests 100000000; }
                  server {
                    listen 127.0.0.1:%3$d backlog=4096;
                    keepalive_requests 100000000;
                    location / {
                      proxy_pass http://qwen;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "";
                      proxy_buffering off;
                    }
                  }
                }
                """.formatted(home, upstreamPort, port);
    }

    Target target() {
        return new Target(
                "nginx", port, "/api/v2/chat/completions?chat_id=c-1", () -> ProcFiles.family(process.pid()));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor(5, TimeUnit.SECONDS);
    }
}
