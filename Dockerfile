# Three images of one build, each a program with the libraries that it loads, on top of nothing: no shell, no package
# manager.
#
#   docker build --target responder --tag imageswap-responder .     answers reviews
#   docker build --target init --tag imageswap-init .               keeps the certificates
#   docker build --target verifier --tag imageswap-verifier .       tells whether images are there
#
# From the network come Debian's packages and the packages that Package.swift names, nothing else. `make images` builds
# all with their version, `make sbom` lists what is in them.
#
# Users are numbers, since there is no /etc/passwd: 10001 the responder, 10002 imageswap-init, 10004 imageswap-verifier.
# The group 10000 is that of the sockets and of the key: nginx is in it too.

ARG SWIFT_IMAGE=docker.io/library/swift:6.3-bookworm

FROM ${SWIFT_IMAGE} AS build
WORKDIR /source
COPY scripts/install-packages scripts/require-swift scripts/
RUN scripts/require-swift && scripts/install-packages ca-certificates
COPY Package.swift ./
RUN swift package resolve
COPY . .
RUN scripts/build-release imageswap-responder imageswap-init imageswap-verifier \
 && scripts/image-root .build/release/imageswap-responder /image/responder \
 && scripts/image-root .build/release/imageswap-init /image/init \
 && scripts/image-root .build/release/imageswap-verifier /image/verifier --authorities \
 && rm -rf .build \
 && install -d -m 2750 /volumes/responder/run/imageswap /volumes/init/tls /volumes/verifier/run/verifier

FROM scratch AS init
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="imageswap-init" \
      org.opencontainers.image.description="Makes and renews ImageSwap's certificates, and registers the webhook" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/init/ /
# A new volume takes owner and mode from here.
COPY --from=build --chown=10002:10000 /volumes/init/ /
ENV PATH=/usr/bin
USER 10002:10000
ENTRYPOINT ["/usr/bin/imageswap-init"]

FROM scratch AS verifier
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="imageswap-verifier" \
      org.opencontainers.image.description="Tells ImageSwap's responder whether images are there" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/verifier/ /
COPY --from=build --chown=10004:10000 /volumes/verifier/ /
ENV PATH=/usr/bin
USER 10004:10000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["/usr/bin/imageswap-verifier", "health", "--socket", "/run/verifier/verifier.sock"]
ENTRYPOINT ["/usr/bin/imageswap-verifier"]
CMD ["--socket", "/run/verifier/verifier.sock"]

FROM scratch AS responder
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="imageswap-responder" \
      org.opencontainers.image.description="Answers Kubernetes admission reviews that nginx hands over by FastCGI" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/responder/ /
COPY --from=build --chown=10001:10000 /volumes/responder/ /
ENV PATH=/usr/bin
USER 10001:10000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["/usr/bin/imageswap-responder", "health", "--socket", "/run/imageswap/imageswap.sock"]
ENTRYPOINT ["/usr/bin/imageswap-responder"]
CMD ["--socket", "/run/imageswap/imageswap.sock"]
