using System.Globalization;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The conditions under which a field or structure exists, as its attribute states them.</summary>
internal readonly record struct Demands(ulong Needs, string? Since, string? RemovedIn)
{
    public static Demands Of(AttributeData attribute)
    {
        Demands demands = default;
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            demands = argument.Key switch
            {
                "Needs" => demands with { Needs = BitsOf(argument.Value) },
                "Since" => demands with { Since = ParseRevision(argument.Value.Value)?.ToString() },
                "RemovedIn" => demands with { RemovedIn = ParseRevision(argument.Value.Value)?.ToString() },
                _ => demands,
            };
        }

        return demands;
    }

    /// <summary>Returns the revision that a string names, such as "4.1"; null if it names none.</summary>
    public static Version? ParseRevision(object? text) => text is string name && Version.TryParse(name, out Version? revision) ? revision : null;

    public static ulong BitsOf(TypedConstant constant) =>
        constant.Kind == TypedConstantKind.Enum && constant.Value is { } value
            ? unchecked(FieldType.Unsigned(value) ?? (ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture))
            : 0;
}
