"""The texts of `--help` and the manual page besides the options: usage, examples, exit codes, environment."""

USAGE = """glassnet [FILE | LINK] [--new-instance] [--reverse]
       glassnet train FILE [--epochs N | --iterations N] [--seed S] [--save OUT] [--json]
                      [--order file|shuffled]
                      [--data TABLE.csv [--target COLUMN ...] [--no-header] [--standardize yes|no]]
                      [--engine torch [--devices cpu|cuda] [--nproc N] [--script OUT.py]]
       glassnet data TABLE.csv [--target COLUMN ...] [--no-header] [--standardize yes|no] [--json]
       glassnet export FILE -o OUT.csv|npz|html|pdf|tex|py|ipynb|onnx|pt [--what WHAT] [--sample K]
                      [--epochs N | --iterations N] [--seed S] [--force]
       glassnet check FILE
       glassnet explain FILE [--iterations N] [--sample K] [--format text|latex|json] [--width W] [--digits N]
       glassnet lecture [SCENE | LECTURE] [--hall] [--check]
       glassnet scenes [SCENE ...] [--check] [--look [--size WxH ...]]
       glassnet picture FILE -o OUT.png|svg|pdf [--view VIEW] [--size WxH] [--theme T] [--hall]
                      [--iterations N] [--build N|all] [--width CM] [--transparent] [--scale S] [--force]
       glassnet film FILE -o OUT.gif|webp|mp4 [--view VIEW] [--size WxH] [--theme T] [--iterations N]
                      [--pictures N] [--pass] [--rate R] [--force]
       glassnet language FILE.language
       glassnet desktop install|remove
       glassnet completion bash|zsh|tcsh"""
EXIT_CODES = """exit codes:
  0    done
  1    the training diverged, gradients disagree, or a number of a scene is off
  2    a file, a display or arguments that do not work; a sentence says what and why
  130  Ctrl+C"""
EXAMPLES = {
    "": (
        ("glassnet", "open the window"),
        ("glassnet digits", "open an example"),
        ("glassnet train xor --epochs 100", "train without a window"),
        ("glassnet lecture 23 --hall", "give the lecture from scene 23 on"),
        ("glassnet COMMAND --help", "explain every option of a command"),
    ),
    "open": (
        ("glassnet network.glassnet", "open a design"),
        ("glassnet measurements.csv", "open a table"),
        ("glassnet xor --new-instance", "in a program of its own"),
        ("glassnet xor --reverse", "with windows from right to left"),
    ),
    "train": (
        ("glassnet train xor --epochs 100 --save trained.glassnet", "keep the weights"),
        ("glassnet train trained.glassnet --epochs 100", "go on from them"),
        ("glassnet train xor --data table.csv --target y", "train on a table"),
        ("glassnet train spiral --seed 7 --json", "other first weights; the result as JSON"),
    ),
    "data": (("glassnet data table.csv --target price", "how the table is understood"),),
    "export": (
        ("glassnet export xor --epochs 50 -o xor.py", "the run as a NumPy script"),
        ("glassnet export xor --epochs 50 -o losses.csv", "the loss of every iteration"),
        ("glassnet export xor -o start.npz --what parameters", "the first weights"),
    ),
    "check": (("glassnet check breast-cancer", "every derivative against differences"),),
    "explain": (
        ("glassnet explain xor --iterations 50", "the pass of the first sample"),
        ("glassnet explain iris --sample 3 --format latex", "of the third, for a paper"),
    ),
    "lecture": (
        ("glassnet lecture", "where it was left"),
        ("glassnet lecture one-weight --hall", "one scene, on the whole screen"),
        ("glassnet lecture mine.glasslecture --check", "read all of a lecture of your own"),
    ),
    "scenes": (
        ("glassnet scenes", "list them"),
        ("glassnet scenes 23 --check", "compute its numbers"),
        ("glassnet scenes --look --size 1920x1080", "draw every build, and name what is cut off"),
    ),
    "picture": (
        ("glassnet picture spiral -o spiral.png --iterations 500", "the window after training"),
        ("glassnet picture xor -o network.svg --view canvas", "the network alone"),
        ("glassnet picture 23-one-weight -o scene.png --build 0", "the last build of a scene"),
    ),
    "film": (("glassnet film xor -o xor.gif --view decision_boundary", "the boundary while it learns"),),
    "language": (("glassnet language de.language", "begin a translation, or complete it"),),
    "desktop": (
        ("glassnet desktop install", "into the menu, with icon and file types"),
        ("glassnet desktop remove", "take all of it away again"),
    ),
    "completion": (
        ("glassnet completion bash > ~/.local/share/bash-completion/completions/glassnet", "for bash"),
    ),
}
ENVIRONMENT = (
    ("GLASSNET_LANGUAGE", "the language of the program: a code such as de, or a .language file"),
    ("QT_QPA_PLATFORM", "Qt's name of the window system; offscreen needs no display"),
    ("XDG_DATA_HOME", "where desktop install writes (~/.local/share)"),
)


def epilog(command: str = "") -> str:
    """Return the examples of a command, and the exit codes; those of the program itself if it is empty."""
    rows = EXAMPLES[command]
    widest = max(len(line) for line, _what in rows)
    examples = "\n".join(f"  {line:<{widest}}  {what}" for line, what in rows)
    return f"examples:\n{examples}\n\n{EXIT_CODES}"
