namespace IoAsid.Typed.Hardware;

/// <summary>The PASID extended capability (PCIe, PASID Extended Capability).</summary>
public interface IPasidCapability
{
    /// <summary>The number of PASID bits that the function can send, 1 to 20 (Max PASID Width).</summary>
    int Width { get; }

    /// <summary>Gets a value indicating whether the function can request execute permission.</summary>
    bool ExecutePermissionSupported { get; }

    /// <summary>Gets a value indicating whether the function can send requests in privileged mode.</summary>
    bool PrivilegedModeSupported { get; }

    /// <summary>Gets or sets a value indicating whether the function may send PASIDs. It is set before <see cref="IAtsCapability.Enabled"/>.</summary>
    /// <exception cref="InvalidOperationException">The value was changed while ATS is enabled, which PCIe leaves undefined.</exception>
    bool Enabled { get; set; }
}
