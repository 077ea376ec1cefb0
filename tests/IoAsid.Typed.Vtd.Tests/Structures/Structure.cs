using System.Reflection;

namespace IoAsid.Typed.Vtd.Tests.Structures;

/// <summary>A structure of the library, by reflection, for the tests of all structures.</summary>
public abstract class Structure
{
    private static readonly Dictionary<string, Structure> ByName = typeof(PasidEntry).Assembly.GetExportedTypes()
        .Select(type => (type, shape: type.GetInterfaces().FirstOrDefault(IsShape)))
        .Where(found => found.type.IsValueType && found.shape is not null)
        .Select(found => Create(found.shape!))
        .ToDictionary(structure => structure.Name);

    /// <summary>The names of all structures, for a theory.</summary>
    public static TheoryData<string> Names => [.. ByName.Keys.Order(StringComparer.Ordinal)];

    public static IReadOnlyCollection<Structure> All => ByName.Values;

    public abstract string Name { get; }

    public abstract Layout Layout { get; }

    public abstract int Words { get; }

    /// <summary>The properties with one field each. Properties that combine several fields have tests of their own.</summary>
    public abstract IReadOnlyList<PropertyInfo> FieldProperties { get; }

    public static Structure Of(string name) => ByName[name];

    public abstract object Decode(ulong[] words);

    public abstract ulong[] Encode(object structure);

    /// <summary>Returns the words after the value of one field was changed through its property.</summary>
    public abstract ulong[] With(ulong[] words, BitField field, ulong value);

    public abstract ulong Get(ulong[] words, BitField field);

    public abstract ulong[] Reserved(in VtdCapabilities capabilities);

    /// <summary>Returns the words after a property was set, as in an object initializer.</summary>
    public ulong[] Set(ulong[] words, PropertyInfo property, object? value)
    {
        object structure = Decode(words);
        property.SetValue(structure, value);
        return Encode(structure);
    }

    private static bool IsShape(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IBitStructure<,>);

    private static Structure Create(Type shape) =>
        (Structure)Activator.CreateInstance(typeof(Structure<,>).MakeGenericType(shape.GetGenericArguments()))!;
}
