using System.Text;

namespace IoAsid.Typed.Emulation;

/// <summary>A writer of walk pictures. Entries are branches of a line. Second-stage walks of guest addresses are branches of entries.</summary>
internal sealed class WalkPictureWriter
{
    private readonly StringBuilder _text = new();

    public void Line(string text) => _text.Append(text).Append('\n');

    public void Draw(WalkLog log, in Translation translation)
    {
        foreach (WalkStep step in log.Steps)
            Draw(step, log, translation);
    }

    public override string ToString() => _text.ToString();

    private void Draw(WalkStep step, WalkLog log, in Translation translation)
    {
        switch (step)
        {
            case WalkStep.Entry { Walked: var entry }:
                Draw(entry, log, translation);
                break;
            case WalkStep.NoMemory { Address: var address, InSecondStage: var inSecondStage }:
                Line($"{Indent(log.IsNested && inSecondStage)}+- no memory at 0x{address:X}");
                break;
            case WalkStep.GuestAddress { Address: var guest }:
                Line($"|   +- guest address 0x{guest:X}, through the second stage:");
                break;
            case WalkStep.HostAddress { Address: var host }:
                Line($"|   +- host address 0x{host:X}");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, "The step is not known. Add it to this method.");
        }
    }

    private void Draw(WalkedEntry entry, WalkLog log, in Translation translation)
    {
        string indent = Indent(log.IsNested && entry.SecondStageInput is not null);
        Line($"{indent}+- {entry.Title}");
        string sets = entry.FlagsToSet is { Length: > 0 } flags ? $"; sets {flags}" : "";
        Line($"{indent}|     {entry.Fields}{sets}");
        if (translation.Kind == TranslationKind.Blocked && FaultExplanation.Of(entry, log, translation.Reason) is { Length: > 0 } explanation)
            Line($"{indent}|     ^ {explanation}");
    }

    private static string Indent(bool inSecondStage) => inSecondStage ? "|   |  " : "";
}
