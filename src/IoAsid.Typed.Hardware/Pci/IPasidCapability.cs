namespace IoAsid.Typed.Hardware;

/// <summary>The PASID extended capability (PCIe, PASID Extended Capability).</summary>
public interface IPasidCapability
{
    /// <summary>How many bits of a PASID the function can send, 1 to 20 (Max PASID Width).</summary>
    int Width { get; }

    /// <summary>Whether the function can send requests that ask for execute permission.</summary>
    bool ExecutePermissionSupported { get; }

    /// <summary>Whether the function can send requests in privileged mode.</summary>
    bool PrivilegedModeSupported { get; }

    /// <summary>Whether the function may send PASIDs. Must be decided before <see cref="IAtsCapability.Enabled"/> is set.</summary>
    /// <exception cref="InvalidOperationException">Changed while ATS is enabled: the architecture leaves the outcome undefined.</exception>
    bool Enabled { get; set; }
}
