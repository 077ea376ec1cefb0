using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The check of one structure.</summary>
internal sealed class LayoutCheck
{
    private readonly SymbolAnalysisContext _context;
    private readonly INamedTypeSymbol _structure;
    private readonly AttributeData _attribute;
    private readonly List<FieldDeclaration> _fields;
    private readonly string _name;
    private readonly int _size;

    /// <summary>The enumeration that the requirements of this structure are of.</summary>
    private INamedTypeSymbol? _requirements;

    public LayoutCheck(SymbolAnalysisContext context, INamedTypeSymbol structure, AttributeData attribute)
    {
        _context = context;
        _structure = structure;
        _attribute = attribute;
        _fields = FieldDeclaration.AllOf(structure);
        _name = LayoutReader.NameOf(structure, attribute);
        _size = LayoutReader.SizeOf(attribute);
    }

    public void Run()
    {
        CheckStructure();
        foreach (FieldDeclaration field in _fields)
        {
            if (field.IsFirst)
                CheckProperty(field);

            CheckDemands(field.Attribute, field.ToString());
        }

        // All places are checked, and types only where each place is right.
        foreach (FieldDeclaration field in _fields.Where(field => field.IsFirst))
        {
            if (field.Slices.Count(CheckPlace) == field.Slices.Count)
                CheckType(field);
        }

        CheckPairs();
    }

    private CancellationToken Cancellation => _context.CancellationToken;

    private void CheckStructure()
    {
        if (!LayoutReader.CanBeExtended(_structure, Cancellation))
        {
            INamedTypeSymbol? around = _structure.ContainingType;
            while (around is not null && LayoutReader.IsPartial(around, Cancellation))
                around = around.ContainingType;

            bool isWhole = _structure is { IsRecord: true, TypeKind: TypeKind.Struct } && LayoutReader.IsPartial(_structure, Cancellation);
            string problem = isWhole && around is not null
                ? $"lies in '{around.Name}', which is not partial, so its layout cannot be added"
                : "is not a partial record struct, so its layout cannot be added";
            Report(LayoutDescriptors.NotPartial, _structure.Locations[0], _structure.Name, problem);
        }

        AttributePlaces places = new(_attribute, Cancellation);
        if (!LayoutReader.Sizes.Contains(_size))
            Report(LayoutDescriptors.UnknownSize, places.Parameter("size"), _name, _size);

        ulong initial = LayoutReader.InitialOf(_attribute);
        if (_size is > 0 and < 64 && initial >> _size != 0)
            Report(LayoutDescriptors.Overrun, places.Property("Initial"), "The initial value", $"0x{initial:X} overruns '{_name}', which has {Count(_size)}");

        CheckDemands(_attribute, _name);
    }

    private void CheckProperty(FieldDeclaration field)
    {
        IPropertySymbol property = field.Property;
        string? problem = property switch
        {
            { IsStatic: true } => "is static; a field belongs to a structure and not to its type",
            { IsIndexer: true } => "is an indexer; a field is a property",
            { IsPartialDefinition: false } => "is not partial, so its accessors cannot be generated",
            { SetMethod.IsInitOnly: false } => "has a set accessor; structures do not change, so declare init",
            { ReturnsByRef: true } or { ReturnsByRefReadonly: true } => "returns a reference; the bits of a field have none",
            _ => null,
        };
        if (problem is not null)
            Report(LayoutDescriptors.NotPartial, property.Locations[0], property.Name, problem);
    }

    /// <summary>Returns true if the field has bits inside one word of the structure.</summary>
    private bool CheckPlace(FieldDeclaration field)
    {
        string? problem = field switch
        {
            { LowBit: < 0 } => "begins below bit 0",
            { HighBit: int high, LowBit: int low } when high < low => $"ends below its lowest bit; write [Bits(name, {high}, {low})]",
            { IsInsideWord: false } => $"crosses from one 64-bit word to the next; split it at bit {((field.LowBit / 64) + 1) * 64}",
            _ when LayoutReader.Sizes.Contains(_size) && field.HighBit >= _size => $"overruns '{_name}', which has {_size} bits",
            _ => null,
        };
        if (problem is null)
            return true;

        Report(LayoutDescriptors.Overrun, new AttributePlaces(field.Attribute, Cancellation).Bits(), field, problem);
        return false;
    }

    private void CheckType(FieldDeclaration field)
    {
        string type = field.Property.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        if (!field.CanBeSliced)
        {
            ReportType(field, $"{field.Description} cannot hold an address in place; only a field with one [Bits] can");
        }
        else if (field.Type.Kind == FieldKind.None)
        {
            ReportType(field, $"{field.Description} cannot have the type '{type}'; use bool, an integer, an enumeration or a type that implements IFieldValue");
        }
        else if (field.Type.Width < field.NeededWidth)
        {
            string signed = field.Type.Width % 8 == 7 ? " because fields are unsigned" : "";
            string needed = field.IsAddress ? $"address bits up to bit {field.NeededWidth - 1}" : Count(field.NeededWidth);
            ReportType(field, $"{field.Description} has {needed}; '{type}' holds {Count(field.Type.Width)}{signed}", WiderType(field));
        }
        else if (field.Type.Kind == FieldKind.Enumeration)
        {
            CheckEnumeration(field, (INamedTypeSymbol)field.Property.Type);
        }
    }

    private void CheckEnumeration(FieldDeclaration field, INamedTypeSymbol type)
    {
        ulong maximum = ulong.MaxValue >> (64 - field.TotalWidth);
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IFieldSymbol { HasConstantValue: true } constant && !(FieldType.Unsigned(constant.ConstantValue) <= maximum))
            {
                Report(LayoutDescriptors.UnfitEnumeration, PlaceOfType(field), field.Description, maximum, type.Name, constant.Name, constant.ConstantValue);
                return;
            }
        }
    }

    private void CheckPairs()
    {
        for (int later = 0; later < _fields.Count; later++)
        {
            FieldDeclaration field = _fields[later];
            AttributePlaces places = new(field.Attribute, Cancellation);
            if (_fields.Take(later).FirstOrDefault(earlier => earlier.LowBit <= field.HighBit && field.LowBit <= earlier.HighBit) is { } overlapped)
                Report(LayoutDescriptors.Overlap, places.Bits(), overlapped, field, _name);

            if (_fields.Take(later).Any(earlier => string.Equals(earlier.Name, field.Name, StringComparison.Ordinal)))
                Report(LayoutDescriptors.DuplicateName, places.Parameter("name"), field.Name, _name);
        }
    }

    private void CheckDemands(AttributeData attribute, string subject)
    {
        AttributePlaces places = new(attribute, Cancellation);
        Version? since = null;
        Version? removed = null;
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            switch (argument.Key)
            {
                case "Needs" when Unknown(argument.Value) is { } problem:
                    Report(LayoutDescriptors.UnknownRequirement, places.Property("Needs"), $"{subject} needs {problem}");
                    break;
                case "Since":
                    since = Revision(argument, places, subject);
                    break;
                case "RemovedIn":
                    removed = Revision(argument, places, subject);
                    break;
            }
        }

        if (since is not null && removed is not null && removed <= since)
            Report(LayoutDescriptors.UnknownRequirement, places.Property("RemovedIn"), $"{subject} exists in no revision: it was removed in {removed} and exists since {since}");
    }

    private Version? Revision(KeyValuePair<string, TypedConstant> argument, AttributePlaces places, string subject)
    {
        Version? revision = Demands.ParseRevision(argument.Value.Value);
        if (revision is null && !argument.Value.IsNull)
            Report(LayoutDescriptors.UnknownRequirement, places.Property(argument.Key), $"{subject}: '{argument.Value.Value}' is not a revision; write a number such as \"4.1\"");

        return revision;
    }

    /// <summary>Returns the problem of a requirement, or null if it is known.</summary>
    private string? Unknown(TypedConstant needs)
    {
        if (needs.IsNull)
            return null;

        if (needs.Kind != TypedConstantKind.Enum || needs.Type is not INamedTypeSymbol type)
            return "a value that is no member of an enumeration";

        if (!LayoutMarks.IsFlags(type))
            return $"a member of '{type.Name}', which is no enumeration with [Flags]";

        _requirements ??= type;
        if (!SymbolEqualityComparer.Default.Equals(type, _requirements))
            return $"a member of '{type.Name}'; '{_name}' uses '{_requirements.Name}'";

        ulong known = 0;
        foreach (ISymbol member in type.GetMembers())
            known |= member is IFieldSymbol { HasConstantValue: true } constant ? FieldType.Unsigned(constant.ConstantValue) ?? 0 : 0;

        ulong unknown = Demands.BitsOf(needs) & ~known;
        return unknown == 0 ? null : $"0x{unknown:X}, which no member of '{type.Name}' has";
    }

    /// <summary>Returns the narrowest built-in type that holds the field, if the property has a built-in type now.</summary>
    private static string? WiderType(FieldDeclaration field) => field.Type.Kind is not (FieldKind.Integer or FieldKind.Boolean) ? null : field.NeededWidth switch
    {
        <= 8 => "byte",
        <= 16 => "ushort",
        <= 32 => "uint",
        <= 64 => "ulong",
        _ => null,
    };

    private static string Count(int bits) => bits == 1 ? "1 bit" : $"{bits} bits";

    private void ReportType(FieldDeclaration field, string message, string? widerType = null) => _context.ReportDiagnostic(Diagnostic.Create(
        LayoutDescriptors.NarrowType,
        PlaceOfType(field),
        widerType is null ? ImmutableDictionary<string, string?>.Empty : ImmutableDictionary<string, string?>.Empty.Add(LayoutAnalyzer.WiderType, widerType),
        message));

    private Location PlaceOfType(FieldDeclaration field) =>
        field.Property.DeclaringSyntaxReferences is [var part, ..] && part.GetSyntax(Cancellation) is BasePropertyDeclarationSyntax declaration
            ? declaration.Type.GetLocation()
            : field.Property.Locations[0];

    private void Report(DiagnosticDescriptor rule, Location place, params object?[] arguments) =>
        _context.ReportDiagnostic(Diagnostic.Create(rule, place, arguments));
}
