using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>All well-known types of the SDK, found at once. Rules share the one instance of a compilation.</summary>
internal sealed class SdkSymbols
{
    private static readonly ConditionalWeakTable<Compilation, StrongBox<SdkSymbols?>> PerCompilation = new();

    private SdkSymbols(SdkType set, Func<string, ImmutableArray<INamedTypeSymbol>> typesNamed)
    {
        Set = set;
        TypedSet = new SdkType(typesNamed("IoAsid.Typed.IoAsidSet`1"));
        TypedReader = new SdkType(typesNamed("IoAsid.Typed.IoAsidReader`1"));
        Space = new SdkType(typesNamed("IoAsid.Typed.IoAsidSpace"));
        RawId = new SdkType(typesNamed("IoAsid.Typed.RawIoAsid"));
        PrivateId = new SdkType(typesNamed("IoAsid.Typed.PrivateIoAsid"));
        Handle = new SdkType(typesNamed("IoAsid.Typed.IoAsidHandle`1"));
        Hold = new SdkType(typesNamed("IoAsid.Typed.IoAsidHold`1"));
        Reference = new SdkType(typesNamed("IoAsid.Typed.IoAsidReference"));
        TypedReference = new SdkType(typesNamed("IoAsid.Typed.IoAsidReference`1"));
        Lookup = new SdkType(typesNamed("IoAsid.Typed.IoAsidLookup`1"));
        NumberAllocator = new SdkType(typesNamed("IoAsid.Typed.IoAsidNumberAllocator"));
        UntypedLookup = new SdkType(typesNamed("IoAsid.Typed.Migration.UntypedLookup"));
        UntypedLookupAttribute = new SdkType(typesNamed("IoAsid.Typed.UntypedIoAsidLookupAttribute"));
        HardwareBoundaryAttribute = new SdkType(typesNamed("IoAsid.Typed.HardwareBoundaryAttribute"));
        Binding = new SdkType(typesNamed("IoAsid.Typed.IoAsidBinding"));
        TakesOwnershipAttribute = new SdkType(typesNamed("IoAsid.Typed.TakesOwnershipAttribute"));
        GuestControlledAttribute = new SdkType(typesNamed("IoAsid.Typed.GuestControlledAttribute"));
        OwnerSetAttribute = new SdkType(typesNamed("IoAsid.Typed.OwnerSetAttribute"));
        AnsweredOnceAttribute = new SdkType(typesNamed("IoAsid.Typed.AnsweredOnceAttribute"));
        AnswersAttribute = new SdkType(typesNamed("IoAsid.Typed.AnswersAttribute"));
    }

    /// <summary>The non-generic base of all sets.</summary>
    public SdkType Set { get; }

    public SdkType TypedSet { get; }

    public SdkType TypedReader { get; }

    public SdkType Space { get; }

    public SdkType RawId { get; }

    public SdkType PrivateId { get; }

    public SdkType Handle { get; }

    public SdkType Hold { get; }

    /// <summary>The non-generic base of all references.</summary>
    public SdkType Reference { get; }

    public SdkType TypedReference { get; }

    public SdkType Lookup { get; }

    public SdkType NumberAllocator { get; }

    public SdkType UntypedLookup { get; }

    public SdkType UntypedLookupAttribute { get; }

    public SdkType HardwareBoundaryAttribute { get; }

    public SdkType Binding { get; }

    public SdkType TakesOwnershipAttribute { get; }

    public SdkType GuestControlledAttribute { get; }

    public SdkType OwnerSetAttribute { get; }

    public SdkType AnsweredOnceAttribute { get; }

    public SdkType AnswersAttribute { get; }

    /// <summary>Returns the SDK's types, or null in a compilation that does not name the SDK.</summary>
    public static SdkSymbols? Of(Compilation compilation) =>
        PerCompilation.GetValue(compilation, key => new StrongBox<SdkSymbols?>(Find(key.GetTypesByMetadataName))).Value;

    /// <summary>Asks for one type first, so that a compilation without the SDK pays for one question only.</summary>
    internal static SdkSymbols? Find(Func<string, ImmutableArray<INamedTypeSymbol>> typesNamed)
    {
        SdkType set = new(typesNamed("IoAsid.Typed.IoAsidSet"));
        return set.Exists ? new SdkSymbols(set, typesNamed) : null;
    }

    /// <summary>Returns true if a type is a set or a reader, typed or not, through which a lookup can search.</summary>
    public bool IsSetOrReader(ITypeSymbol? type) => type switch
    {
        ITypeParameterSymbol parameter => TypeParts.BoundsOf(parameter).Any(IsOneSetOrReader),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => IsOneSetOrReader(nullable.TypeArguments[0]),
        _ => IsOneSetOrReader(type),
    };

    /// <summary>Returns the data type of a typed set or reader, or null for anything else.</summary>
    public ITypeSymbol? DataTypeOf(ITypeSymbol? type) =>
        type is INamedTypeSymbol named && (TypedSet.Is(type) || TypedReader.Is(type)) ? named.TypeArguments[0] : null;

    private bool IsOneSetOrReader(ITypeSymbol? type) => Set.IsBaseOf(type) || TypedReader.Is(type);
}
