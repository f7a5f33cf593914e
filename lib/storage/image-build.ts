/**
 * One shell script, so that a failing line ends the build: CodeBuild runs each command of a list whatever the one before did in its own shell.
 * The bundle is verified before anything of it is read, as pods do it.
 * @internal
 */
export const BUILD_COMMANDS: readonly string[] = [
  [
    "set -eu",
    'digest() { aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids imageTag="$TAG" --query \'imageDetails[0].imageDigest\' --output text; }',
    'if found="$(digest 2>/dev/null)"; then echo "built already: $REPOSITORY_URL@$found"; exit 0; fi',
    'aws s3 cp --only-show-errors "$BUNDLE_URI" bundle.zip',
    'echo "$BUNDLE_SHA256  bundle.zip" | sha256sum --check --strict',
    "mkdir context",
    "python3 -m zipfile -e bundle.zip context/src",
    "mv context/src/Dockerfile context/src/pyproject.toml context/",
    'aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URL%%/*}"',
    'docker build --pull --build-arg BASE_IMAGE="$BASE_IMAGE" --tag "$REPOSITORY_URL:$TAG" context',
    'docker push "$REPOSITORY_URL:$TAG"',
    'echo "built: $REPOSITORY_URL@$(digest)"',
  ].join("\n"),
];
