"""The image of the Dockerfile and the deployment of compose.yaml, tried without Docker and without a registry.

`make image` builds and looks at the one, `make compose-check` brings up the other. buildah and podman do it, on bases
that are made of Debian's packages where those of the registry cannot be had.
"""
