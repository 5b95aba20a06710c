# syntax=docker/dockerfile:1

# The jar, a Java with nothing in it that the gateway does not need, and SQLite's library for this processor.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY .mvn/jvm.config .mvn/jvm.config
COPY pom.xml ./
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 mvn -B -q -Dmaven.test.skip=true package
RUN jlink --add-modules java.base,java.naming,java.net.http,java.sql,java.management,java.security.jgss,jdk.management,jdk.unsupported,jdk.crypto.ec \
      --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-6 --output /out/java \
 && mkdir -p /out/qwen2api/native \
 && cp target/qwen2api.jar /out/qwen2api/ \
 && jar xf target/qwen2api.jar "org/sqlite/native/Linux/$(uname -m)/libsqlitejdbc.so" \
 && mv "org/sqlite/native/Linux/$(uname -m)/libsqlitejdbc.so" /out/qwen2api/native/
COPY scripts/jvm.options scripts/archive /out/qwen2api/

FROM debian:13-slim
LABEL org.opencontainers.image.title="Qwen2API" \
      org.opencontainers.image.description="Turns the Qwen accounts a person already has into an OpenAI-compatible API" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /out/java /opt/java
COPY --from=build /out/qwen2api /opt/qwen2api
# The archive of classes fits the files where they are now, so it is made here and not before. SQLite's library is loaded from where it
# lies: with a read-only root there is no folder into which it could be unpacked. In /app is what the owner mounts.
RUN bash /opt/qwen2api/archive /opt/qwen2api/qwen2api.jar /opt/java/bin/java \
 && rm /opt/qwen2api/archive \
 && printf '%s\n' -XX:SharedArchiveFile=/opt/qwen2api/qwen2api.jsa -Dorg.sqlite.lib.path=/opt/qwen2api/native >>/opt/qwen2api/jvm.options \
 && printf '%s\n' '#!/bin/sh' 'exec /opt/java/bin/java @/opt/qwen2api/jvm.options -jar /opt/qwen2api/qwen2api.jar "$@"' >/usr/local/bin/qwen2api \
 && chmod 755 /usr/local/bin/qwen2api \
 && groupadd --gid 10001 qwen2api \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin qwen2api \
 && install -d -o 10001 -g 10001 -m 0700 /app/data
WORKDIR /app
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=20s --retries=3 CMD ["qwen2api", "health"]
ENTRYPOINT ["qwen2api"]
