// SPDX-License-Identifier: GPL-3.0-or-later
// platterctl: the application's verbs for scripts.
#include "app/platterctl/verb.h"

#include <QCoreApplication>
#include <QCoroTask>

#include <algorithm>
#include <cstdio>

using namespace platter;
using namespace platter::ctl;

namespace {

std::vector<Verb> allVerbs()
{
    std::vector<Verb> verbs = machineVerbs();
    for (const auto& more :
        {settingVerbs(), driveVerbs(), bootVerbs(), firmwareVerbs(), diskVerbs(), mediumVerbs()}) {
        verbs.insert(verbs.end(), more.begin(), more.end());
    }
    return verbs;
}

QString usageOf(const Verb& verb)
{
    return QStringLiteral("platterctl %1 %2").arg(verb.words, verb.positional.join(QLatin1Char(' '))).trimmed();
}

QString overview(const std::vector<Verb>& verbs)
{
    qsizetype width = 0;
    for (const Verb& verb : verbs) {
        width = std::max(width, usageOf(verb).size());
    }
    QString text = QCoreApplication::translate(
        "platterctl", "platterctl makes and runs virtual machines from scripts; Platter is its desktop twin.\n\n");
    for (const Verb& verb : verbs) {
        text += QStringLiteral("  %1  %2\n").arg(usageOf(verb).leftJustified(width), verb.summary);
    }
    return text
        + QCoreApplication::translate("platterctl",
            "\nEvery verb takes --json (one JSON document on stdout) and --help (its options).\n"
            "Exit code: 0 done, 1 failed (the reason is on stderr), 2 the command line is wrong.\n");
}

int usageError(const QString& text, const QString& hint)
{
    std::fputs(qUtf8Printable(QStringLiteral("platterctl: %1 %2\n").arg(text, hint)), stderr);
    return exitUsage;
}

// Whether WORDS (what the user typed) begin with the verb's own words.
bool matches(const Verb& verb, const QStringList& words)
{
    const QStringList own = verb.words.split(QLatin1Char(' '));
    return words.size() >= own.size() && words.first(own.size()) == own;
}

bool asksForHelp(const QString& word)
{
    return word == QLatin1String("--help") || word == QLatin1String("-h") || word == QLatin1String("help");
}

// Those that begin with the word NOUN, as in "machine".
std::vector<Verb> verbsOf(const std::vector<Verb>& all, const QString& noun)
{
    std::vector<Verb> verbs;
    for (const Verb& verb : all) {
        if (verb.words.section(QLatin1Char(' '), 0, 0) == noun) {
            verbs.push_back(verb);
        }
    }
    return verbs;
}

bool fits(const Verb& verb, qsizetype count)
{
    const bool open = !verb.positional.isEmpty() && verb.positional.last().endsWith(QStringLiteral("…"));
    const auto optional = std::ranges::count_if(
        verb.positional, [](const QString& name) { return name.startsWith(QLatin1Char('[')); });
    return count >= verb.positional.size() - optional && (open || count <= verb.positional.size());
}

int run(const Verb& verb, const QStringList& words)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(verb.summary);
    const QCommandLineOption json(
        QStringLiteral("json"), QCoreApplication::translate("platterctl", "Print one JSON document."));
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")},
        QCoreApplication::translate("platterctl", "Show this help."));
    parser.addOption(json);
    parser.addOption(help);
    parser.addOptions(verb.options);
    for (const QString& name : verb.positional) {
        parser.addPositionalArgument(name, {}, name);
    }
    const QStringList own = verb.words.split(QLatin1Char(' '));
    const QString seeHelp = QCoreApplication::translate("platterctl", "See: platterctl %1 --help").arg(verb.words);
    if (!parser.parse(QStringList(QStringLiteral("platterctl")) + words.sliced(own.size()))) {
        return usageError(parser.errorText(), seeHelp);
    }
    if (parser.isSet(help)) {
        QString text = parser.helpText();
        text.replace(text.indexOf(QLatin1String("Usage: ")), text.indexOf(QLatin1Char('\n')),
            QStringLiteral("Usage: %1 [options]").arg(usageOf(verb)));
        std::fputs(qUtf8Printable(text), stdout);
        return exitDone;
    }
    if (!fits(verb, parser.positionalArguments().size())) {
        return usageError(
            QCoreApplication::translate("platterctl", "The words do not fit: %1 [options].").arg(usageOf(verb)),
            seeHelp);
    }
    const Report report(parser.isSet(json) ? OutputFormat::Json : OutputFormat::Text);
    Result<Places> places = Places::ofUser();
    if (!places) {
        return report.failed(places.error());
    }
    Context context{*places, MachineStore(places->machines), AcceleratorProbe(places->cache)};
    const Arguments arguments{parser.positionalArguments(),
        [&parser](const QString& option) { return parser.isSet(option); },
        [&parser](const QString& option) { return parser.value(option); },
        [&parser](const QString& option) { return parser.values(option); }};
    return QCoro::waitFor(verb.run(&context, arguments, report));
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("platter"));
    QCoreApplication::setApplicationVersion(QStringLiteral(PLATTER_VERSION));

    const std::vector<Verb> verbs = allVerbs();
    const QStringList words = QCoreApplication::arguments().sliced(1);
    if (words.isEmpty() || asksForHelp(words.first())) {
        std::fputs(qUtf8Printable(overview(verbs)), words.isEmpty() ? stderr : stdout);
        return words.isEmpty() ? exitUsage : exitDone;
    }
    if (words.first() == QLatin1String("--version")) {
        std::fputs("platterctl " PLATTER_VERSION "\n", stdout);
        return exitDone;
    }
    for (const Verb& verb : verbs) {
        if (matches(verb, words)) {
            return run(verb, words);
        }
    }
    const std::vector<Verb> group = verbsOf(verbs, words.first());
    if (!group.empty() && (words.size() == 1 || asksForHelp(words[1]))) {
        std::fputs(qUtf8Printable(overview(group)), words.size() == 1 ? stderr : stdout);
        return words.size() == 1 ? exitUsage : exitDone;
    }
    return usageError(QCoreApplication::translate("platterctl", "There is no verb “%1”.")
                          .arg(words.first(std::min<qsizetype>(2, words.size())).join(QLatin1Char(' '))),
        QCoreApplication::translate("platterctl", "See: %1")
            .arg(group.empty() ? QStringLiteral("platterctl --help")
                               : QStringLiteral("platterctl %1 --help").arg(words.first())));
}
