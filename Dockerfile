# Built as it is by docker build and docker-compose, with BuildKit or without. Behind a mirror, name other images and repositories:
#   docker build --build-arg JDK=mirror.example/eclipse-temurin:25.0.3_9-jdk-noble --build-arg BASE=mirror.example/debian:13.5-slim
#                --build-arg MAVEN_REPOSITORY=https://mirror.example/maven2 .
ARG JDK=jdk
ARG BASE=base
FROM eclipse-temurin:25.0.3_9-jdk-noble AS jdk
FROM debian:13.5-slim AS base

# The jar, a Java with nothing in it that the gateway does not need, and SQLite's library for this processor: scripts/bundle.
FROM ${JDK} AS build
ARG MAVEN_REPOSITORY=
ENV MVNW_REPOURL=${MAVEN_REPOSITORY}
WORKDIR /src
RUN mkdir -p /root/.m2 \
 && if [ -n "$MAVEN_REPOSITORY" ]; then \
      printf '<settings><mirrors><mirror><id>mirror</id><mirrorOf>central</mirrorOf><url>%s</url></mirror></mirrors></settings>' \
        "$MAVEN_REPOSITORY" >/root/.m2/settings.xml; \
    fi
COPY mvnw pom.xml ./
COPY .mvn .mvn
# Once without sources: what the build fetches is a layer of its own, and is fetched again only when these files change.
RUN ./mvnw -B -q -Dmaven.test.skip=true package && rm -rf target
COPY src/main src/main
COPY scripts scripts
COPY .env.example LICENSE CHANGELOG.md ./
RUN ./mvnw -B -q -Dmaven.test.skip=true package \
 && bash scripts/bundle target/qwen2api.jar /out/qwen2api \
 && install -m 755 scripts/docker/entry scripts/docker/health /out/qwen2api/

FROM ${BASE}
ARG REPOSITORY=qwen2api/qwen2api
LABEL org.opencontainers.image.title="Qwen2API" \
      org.opencontainers.image.description="Turns the Qwen accounts a person already has into an OpenAI-compatible API" \
      org.opencontainers.image.source="https://github.com/${REPOSITORY}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /out/qwen2api /opt/qwen2api
# The archive of classes fits the files where they are now, so it is made here and not before. In /app is what the owner mounts.
RUN /opt/qwen2api/archive /opt/qwen2api/qwen2api.jar /opt/qwen2api/java/bin/java \
 && ln -s /opt/qwen2api/entry /usr/local/bin/qwen2api \
 && install -d -o 10001 -g 10001 -m 0700 /app/data
WORKDIR /app
EXPOSE 3000
STOPSIGNAL SIGTERM
# As root, and the entry becomes somebody without rights; with --user it is that user from the first.
HEALTHCHECK --interval=60s --timeout=10s --start-period=20s --retries=3 CMD ["/opt/qwen2api/health"]
ENTRYPOINT ["/opt/qwen2api/entry"]
