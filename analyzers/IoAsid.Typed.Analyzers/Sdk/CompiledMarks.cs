using System.Reflection.Metadata;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The names of what bears an attribute in an assembly that is compiled already, read from its tables without making symbols of them.</summary>
internal static class CompiledMarks
{
    public static IEnumerable<(string Name, bool IsProperty)> In(Metadata metadata, string attribute) => metadata switch
    {
        AssemblyMetadata assembly => assembly.GetModules().SelectMany(module => In(module.GetMetadataReader(), attribute)),
        ModuleMetadata module => In(module.GetMetadataReader(), attribute),
        _ => [],
    };

    private static IEnumerable<(string Name, bool IsProperty)> In(MetadataReader reader, string attribute)
    {
        if (!IsNamed(reader, attribute))
            yield break;

        foreach (CustomAttributeHandle handle in reader.CustomAttributes)
        {
            CustomAttribute mark = reader.GetCustomAttribute(handle);
            if (IsOf(mark, reader, attribute))
            {
                foreach (string name in NamesOf(mark.Parent, reader))
                    yield return (name, MayBeOfProperty(mark.Parent, name));
            }
        }
    }

    /// <summary>Returns true if the attribute's type is named at all: hardly any assembly goes further than this.</summary>
    private static bool IsNamed(MetadataReader reader, string attribute) =>
        reader.TypeReferences.Any(type => reader.StringComparer.Equals(reader.GetTypeReference(type).Name, attribute))
        || reader.TypeDefinitions.Any(type => reader.StringComparer.Equals(reader.GetTypeDefinition(type).Name, attribute));

    private static bool IsOf(CustomAttribute mark, MetadataReader reader, string attribute)
    {
        StringHandle? name = mark.Constructor.Kind switch
        {
            HandleKind.MemberReference when reader.GetMemberReference((MemberReferenceHandle)mark.Constructor).Parent is { Kind: HandleKind.TypeReference } type =>
                reader.GetTypeReference((TypeReferenceHandle)type).Name,
            HandleKind.MethodDefinition =>
                reader.GetTypeDefinition(reader.GetMethodDefinition((MethodDefinitionHandle)mark.Constructor).GetDeclaringType()).Name,
            _ => null,
        };
        return name is { } known && reader.StringComparer.Equals(known, attribute);
    }

    /// <summary>Returns true if a marked entity may be of a property: the property itself, one of its accessors, or the parameter of a record that declares one.</summary>
    private static bool MayBeOfProperty(EntityHandle marked, string name) =>
        marked.Kind is HandleKind.PropertyDefinition or HandleKind.Parameter || name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal);

    private static IEnumerable<string> NamesOf(EntityHandle marked, MetadataReader reader)
    {
        switch (marked.Kind)
        {
            case HandleKind.MethodDefinition:
                foreach (string method in NamesOf((MethodDefinitionHandle)marked, reader))
                    yield return method;

                break;
            case HandleKind.Parameter:
                Parameter parameter = reader.GetParameter((ParameterHandle)marked);
                yield return reader.GetString(parameter.Name);
                foreach (string member in MembersWith((ParameterHandle)marked, reader))
                    yield return member;

                break;
            case HandleKind.PropertyDefinition:
                yield return reader.GetString(reader.GetPropertyDefinition((PropertyDefinitionHandle)marked).Name);
                break;
            case HandleKind.FieldDefinition:
                yield return reader.GetString(reader.GetFieldDefinition((FieldDefinitionHandle)marked).Name);
                break;
            case HandleKind.TypeDefinition:
                yield return reader.GetString(reader.GetTypeDefinition((TypeDefinitionHandle)marked).Name).Split('`')[0];
                break;
        }
    }

    /// <summary>Returns the name of a method, and of its property if it is an accessor.</summary>
    private static IEnumerable<string> NamesOf(MethodDefinitionHandle marked, MetadataReader reader)
    {
        string method = reader.GetString(reader.GetMethodDefinition(marked).Name);
        yield return method;
        if (method.StartsWith("get_", StringComparison.Ordinal) || method.StartsWith("set_", StringComparison.Ordinal))
            yield return method.Substring("get_".Length);
    }

    private static IEnumerable<string> MembersWith(ParameterHandle parameter, MetadataReader reader) =>
        reader.MethodDefinitions
            .Where(method => reader.GetMethodDefinition(method).GetParameters().Contains(parameter))
            .SelectMany(method => NamesOf(method, reader).Append(DelegateOf(method, reader)));

    /// <summary>Returns the name of the delegate whose <c>Invoke</c> a method is. The parameters of <c>Invoke</c> are those of the delegate.</summary>
    private static string DelegateOf(MethodDefinitionHandle method, MetadataReader reader) =>
        reader.GetString(reader.GetTypeDefinition(reader.GetMethodDefinition(method).GetDeclaringType()).Name).Split('`')[0];
}
