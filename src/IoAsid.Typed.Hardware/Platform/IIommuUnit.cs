namespace IoAsid.Typed.Hardware;

/// <summary>A remapping unit of a machine, with its registers and the functions whose requests it translates, as firmware tables report them.</summary>
public interface IIommuUnit
{
    /// <summary>The display name.</summary>
    string Name { get; }

    /// <summary>The registers.</summary>
    IRegisterBlock Registers { get; }

    /// <summary>The functions whose requests the unit translates.</summary>
    IReadOnlyCollection<IPciFunction> Functions { get; }
}
