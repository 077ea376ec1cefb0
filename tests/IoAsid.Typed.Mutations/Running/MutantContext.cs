using System.Reflection;
using System.Runtime.Loader;

namespace IoAsid.Typed.Mutations;

/// <summary>A load context with its own copies of the mutated assembly and of each assembly that refers to it. All others are those of the application.</summary>
internal sealed class MutantContext : AssemblyLoadContext
{
    private readonly MutatedAssembly _mutated;

    public MutantContext(MutatedAssembly mutated)
        : base("mutants")
    {
        _mutated = mutated;
        using MemoryStream stream = new(mutated.Image);
        Mutated = LoadFromStream(stream);
        Tests = LoadFromAssemblyName(new AssemblyName(mutated.Target.Tests));
    }

    public Assembly Mutated { get; }

    public Assembly Tests { get; }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == _mutated.Target.Assembly)
            return Mutated;
        return _mutated.Dependents.TryGetValue(assemblyName.Name!, out string? path) ? LoadFromAssemblyPath(path) : null;
    }
}
