using System.Text;

namespace IoAsid.Typed.Emulation;

/// <summary>Writes the picture of a walk: entries hang on a line, second-stage walks of guest addresses hang on them.</summary>
internal sealed class PictureText
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
            case WalkStep.Entry { Seen: var seen }:
                Draw(seen, log, translation);
                break;
            case WalkStep.Nothing { Address: var address, InSecondStage: var beneath }:
                Line($"{Indent(log.IsNested && beneath)}+- no memory at 0x{address:X}");
                break;
            case WalkStep.Nested { GuestAddress: var guest }:
                Line($"|   +- guest address 0x{guest:X}, through the second stage:");
                break;
            case WalkStep.HostAddress { Address: var host }:
                Line($"|   +- host address 0x{host:X}");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, "There is no such step.");
        }
    }

    private void Draw(SeenEntry seen, WalkLog log, in Translation translation)
    {
        string indent = Indent(log.IsNested && seen.SecondStageInput is not null);
        Line($"{indent}+- {seen.Title}");
        string sets = seen.WouldSet is { Length: > 0 } flags ? $"; sets {flags}" : "";
        Line($"{indent}|     {seen.Fields}{sets}");
        if (translation.Kind == TranslationKind.Blocked && WhatIsMissing.In(seen, log, translation.Reason) is { Length: > 0 } missing)
            Line($"{indent}|     ^ {missing}");
    }

    private static string Indent(bool beneath) => beneath ? "|   |  " : "";
}
