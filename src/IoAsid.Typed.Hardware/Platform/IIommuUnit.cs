namespace IoAsid.Typed.Hardware;

/// <summary>A remapping unit of a machine: where its registers are and whose requests it translates (what firmware tables say of it).</summary>
public interface IIommuUnit
{
    /// <summary>What it is called, for people.</summary>
    string Name { get; }

    /// <summary>Its registers.</summary>
    IRegisterBlock Registers { get; }

    /// <summary>The functions whose requests go through this unit.</summary>
    IReadOnlyCollection<IPciFunction> Functions { get; }
}
