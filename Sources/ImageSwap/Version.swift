/// The version of all programs of this project.
package let imageSwapVersion = "0.1.0-dev"
