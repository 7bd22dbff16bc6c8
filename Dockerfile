# Dingce as one program in a small image. Build: docker build -t dingce .

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked -p dingce-server --bin dingce

FROM debian:bookworm-slim
# pg_dump and pg_restore for `dingce backup` and `dingce restore`; certificates for an identity provider's keys.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/dingce --shell /usr/sbin/nologin dingce \
    && install --directory --owner=dingce --group=dingce --mode=0700 /var/lib/dingce
COPY --from=build /source/target/release/dingce /usr/local/bin/dingce
USER dingce
WORKDIR /var/lib/dingce
ENV DINGCE_DATA=/var/lib/dingce DINGCE_LOG_FORMAT=json
VOLUME /var/lib/dingce
EXPOSE 8080
# SIGTERM lets requests under way finish.
STOPSIGNAL SIGTERM
ENTRYPOINT ["dingce"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
